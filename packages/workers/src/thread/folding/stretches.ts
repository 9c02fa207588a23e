/** What was folded of tasks that follow each other. */
export interface Stretch {
  readonly from: number
  /** Exclusive. */
  to: number
  accumulator: unknown
}

/** Accumulators of positions that are folded in their order, whatever the order in which they come. */
export class Stretches {
  /** The same stretches in both. */
  readonly #byFrom = new Map<number, Stretch>()
  readonly #byTo = new Map<number, Stretch>()

  /** The stretch that ends where this position begins, or a new one. */
  before(position: number, init: () => unknown): Stretch {
    const stretch = this.#byTo.get(position)
    if (stretch !== undefined) return stretch
    const begun: Stretch = { from: position, to: position, accumulator: init() }
    this.#byFrom.set(position, begun)
    this.#byTo.set(position, begun)
    return begun
  }

  /** The stretch has one position more. If another one begins there, they become one. */
  grow(stretch: Stretch, combine: (left: unknown, right: unknown) => unknown): void {
    this.#byTo.delete(stretch.to)
    stretch.to++
    const next = this.#byFrom.get(stretch.to)
    if (next !== undefined) {
      stretch.accumulator = combine(stretch.accumulator, next.accumulator)
      this.#byFrom.delete(next.from)
      stretch.to = next.to
    }
    this.#byTo.set(stretch.to, stretch)
  }

  /** All of them, in the order in which they were begun; none is left. */
  take(): Stretch[] {
    const taken: Stretch[] = []
    for (const stretch of this.#byFrom.values()) taken[taken.length] = stretch
    this.#byFrom.clear()
    this.#byTo.clear()
    return taken
  }
}
