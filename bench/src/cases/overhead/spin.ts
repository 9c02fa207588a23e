/**
 * Iterations of the loop below that take a microsecond on a core of 2.5 to 3 GHz. It is fixed work, not a clock: on a busy
 * machine a clock would let more work pass the more threads there are. What it really costs, the one loop shows.
 */
const ITERATIONS_PER_MICROSECOND = 600
const INVALID_EVERY = 50

/** Runs an integer hash for as many iterations as the item says; even items are valid. */
export function spin(item: number): boolean {
  let hash = item | 1
  for (let n = item >> 1; n > 0; n--) {
    hash ^= hash << 13
    hash ^= hash >>> 17
    hash ^= hash << 5
  }
  // The hash of an odd number is never 0, which the compiler does not know.
  return hash !== 0 && item % 2 === 0
}

/** `count` items of about that cost, `from` on the number of the first one; every fiftieth number is invalid. */
export function spinItems(microseconds: number, count: number, from: number): number[] {
  const item = Math.round(microseconds * ITERATIONS_PER_MICROSECOND) * 2
  return Array.from({ length: count }, (_, n) => ((from + n) % INVALID_EVERY === INVALID_EVERY - 1 ? item + 1 : item))
}

/** What the first `count` items come to. */
export function expectedSpins(count: number): { pass: number; fail: number } {
  const fail = Math.floor(count / INVALID_EVERY)
  return { pass: count - fail, fail }
}
