/** How finely a deadline is held: an eighth of the shortest, within these bounds, ms. */
const SHORTEST_TICK_MS = 5
const LONGEST_TICK_MS = 100

/** Something with a deadline that is looked at every tick. */
export interface Watched {
  /** The shortest deadline it holds now, ms. */
  readonly deadlineMs: number
  tick(elapsedMs: number): void
}

/**
 * One timer for all lanes of an engine, running only while something is watched. A tick that comes late counts as one
 * tick, however late it is: when the main thread was blocked, or the machine suspended, the threads' messages are
 * still unread, and nobody must be called late for that.
 */
export class Ticker {
  readonly #watched = new Set<Watched>()
  #timer: NodeJS.Timeout | undefined
  #tickMs = LONGEST_TICK_MS
  #last = 0

  watch(watched: Watched): void {
    this.#watched.add(watched)
    this.#adjust()
  }

  unwatch(watched: Watched): void {
    this.#watched.delete(watched)
    this.#adjust()
  }

  #adjust(): void {
    if (this.#watched.size === 0) {
      clearTimeout(this.#timer)
      this.#timer = undefined
      return
    }
    if (this.#timer === undefined) this.#last = performance.now()
    const shortest = Math.min(...[...this.#watched].map(({ deadlineMs }) => deadlineMs))
    const tickMs = Math.max(SHORTEST_TICK_MS, Math.min(LONGEST_TICK_MS, shortest / 8))
    if (this.#timer !== undefined && tickMs === this.#tickMs) return
    this.#tickMs = tickMs
    this.#schedule()
  }

  /** Counted from the last tick, so that a tick comes however often the deadlines change. */
  #schedule(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#tick(), Math.max(0, this.#last + this.#tickMs - performance.now()))
  }

  #tick(): void {
    const now = performance.now()
    const elapsedMs = Math.min(now - this.#last, this.#tickMs * 1.5)
    this.#last = now
    for (const watched of [...this.#watched]) if (this.#watched.has(watched)) watched.tick(elapsedMs)
    if (this.#timer !== undefined) this.#schedule()
  }
}
