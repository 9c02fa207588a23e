/** Some accumulators as one. */
interface Combined {
  /** It is of 2 to the power of this many. */
  readonly rank: number
  readonly accumulator: unknown
}

/**
 * Combines accumulators that come one by one, neighbours only, and those of equal size first, as a merge sort does. Added
 * to one total, each of n accumulators would cost as much as all before it where `combine` makes a new value: 6,000 parts of
 * a list, 3,000 times the list.
 */
export class Combining {
  readonly #combine: (left: unknown, right: unknown) => unknown
  /** In their order; the ranks descend. */
  readonly #combined: Combined[] = []

  constructor(combine: (left: unknown, right: unknown) => unknown) {
    this.#combine = combine
  }

  add(accumulator: unknown): void {
    let added: Combined = { rank: 0, accumulator }
    for (let last = this.#combined.at(-1); last?.rank === added.rank; last = this.#combined.at(-1)) {
      this.#combined.pop()
      added = { rank: added.rank + 1, accumulator: this.#combine(last.accumulator, added.accumulator) }
    }
    this.#combined.push(added)
  }

  /** All of them; `undefined`: there was none. Nothing can be added any more. */
  total(): unknown {
    let total = this.#combined.pop()?.accumulator
    for (let left = this.#combined.pop(); left !== undefined; left = this.#combined.pop())
      total = this.#combine(left.accumulator, total)
    return total
  }
}
