/**
 * Work that is the same on every side and in every run: a chain of shifts, each of which needs the one before (Marsaglia's
 * xorshift32). Nothing is asked of a clock, so a slow moment makes a task slow and never lets it do less. Where a chain
 * ends is known in a few operations, however long it is, so that making the tasks costs nothing.
 */

/** Steps that take about a microsecond on the machine that this was written on, once they are optimised. */
export const STEPS_PER_MICROSECOND = 600

/** "Starting from `start`, `steps` steps end at `end`." */
export interface Claim {
  /** An integer of 32 bits, not 0. */
  readonly start: number
  readonly steps: number
  readonly end: number
}

/** Does the steps, and says whether the claim is true. */
export function isTrue({ start, steps, end }: Claim): boolean {
  let state = start
  for (let step = 0; step < steps; step++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
  }
  return state === end
}

/** A claim of `steps` steps, made without doing them. */
export function makeClaim(start: number, steps: number, isValid: boolean): Claim {
  let end = start | 0
  for (let left = steps, power = 0; left > 0; left = Math.floor(left / 2), power++) {
    if (left % 2 === 1) end = apply(matrixOf(power), end)
  }
  return { start: start | 0, steps, end: isValid ? end : ~end }
}

/** A step is linear in the bits of its state: a matrix, given as what becomes of each single bit. */
type BitMatrix = Int32Array

/** Those of 1, 2, 4, … steps, as far as they were asked for. */
const matrices: BitMatrix[] = [
  Int32Array.from({ length: 32 }, (_, bit) => {
    let state = 1 << bit
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state
  }),
]

/** Of 2^power steps. */
function matrixOf(power: number): BitMatrix {
  const known = matrices[power]
  if (known !== undefined) return known
  const half = matrixOf(power - 1)
  return (matrices[power] = half.map((state) => apply(half, state)))
}

function apply(matrix: BitMatrix, state: number): number {
  let result = 0
  for (let bit = 0; bit < 32; bit++) if (((state >>> bit) & 1) === 1) result ^= matrix[bit] ?? 0
  return result
}
