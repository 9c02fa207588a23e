import { CHECK_CODES } from '@fanfold/workers/protocol'

/** The checks of a batch's outcomes. */
export interface ChecksOfBatch {
  readonly terms: readonly { readonly name: string }[]
  /** How a check of the outcome ended: a code of `check-ends.ts` of the workers. */
  codeAt(ordinal: number, check: number): number
}

/** How often each check of a chain ended in which way: by name, and by code of `check-ends.ts` of the workers. */
export type CheckCounts = Readonly<Record<string, readonly number[]>>

/** Counts how the checks of a chain end. */
export class CheckSums {
  readonly #counts = new Map<string, number[]>()

  /** Of a batch that its thread has counted: check by check, a count for each code. */
  addTally({ terms }: ChecksOfBatch, tally: readonly number[]): void {
    for (const [check, { name }] of terms.entries()) {
      const counts = this.#of(name)
      for (let code = 0; code < CHECK_CODES; code++) counts[code]! += tally[check * CHECK_CODES + code]!
    }
  }

  /** Of the outcome at `i`. */
  addOutcome(checks: ChecksOfBatch, i: number): void {
    for (const [check, { name }] of checks.terms.entries()) this.#of(name)[checks.codeAt(i, check)]!++
  }

  addEnds(ends: CheckEnds): void {
    for (const [name, code] of Object.entries(ends)) this.#of(name)[code]!++
  }

  addCounts(counts: CheckCounts): void {
    for (const [name, added] of Object.entries(counts)) {
      const own = this.#of(name)
      added.forEach((count, code) => (own[code]! += count))
    }
  }

  /** `undefined` when there are none. */
  toCounts(): CheckCounts | undefined {
    return this.#counts.size === 0
      ? undefined
      : Object.fromEntries([...this.#counts].map(([name, counts]) => [name, [...counts]]))
  }

  #of(name: string): number[] {
    let counts = this.#counts.get(name)
    if (counts === undefined) this.#counts.set(name, (counts = Array.from({ length: CHECK_CODES }, () => 0)))
    return counts
  }
}

/** How the checks of one task ended: by name, the code. */
export type CheckEnds = Readonly<Record<string, number>>

export function endsOf(checks: ChecksOfBatch, i: number): CheckEnds {
  return Object.fromEntries(checks.terms.map(({ name }, check) => [name, checks.codeAt(i, check)]))
}
