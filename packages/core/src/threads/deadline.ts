import type { Ticker, Watched } from './ticker.ts'

/** What a lane waits for has a deadline, which is held in ticks, and begins anew when something is seen to move. */
export class Deadline implements Watched {
  deadlineMs: number = Infinity
  /** When something was last seen to move, or to begin. */
  movedAt = 0
  #ageMs = 0
  #activity = ''
  readonly #ticker: Ticker
  readonly #signature: () => string | undefined
  readonly #onOverdue: (ageMs: number) => void

  /**
   * @param signature - changes when something moves; `undefined` where nothing can be seen
   * @param onOverdue - called every tick from when it is over
   */
  constructor(ticker: Ticker, signature: () => string | undefined, onOverdue: (ageMs: number) => void) {
    this.#ticker = ticker
    this.#signature = signature
    this.#onOverdue = onOverdue
  }

  /** Something else is awaited. */
  begin(deadlineMs: number): void {
    this.#activity = ''
    this.hold(deadlineMs)
  }

  /** From now on this is the deadline. */
  hold(deadlineMs: number): void {
    this.#ageMs = 0
    this.deadlineMs = deadlineMs
    this.#ticker.watch(this)
  }

  /** Nothing is awaited. */
  rest(): void {
    this.deadlineMs = Infinity
    this.#ticker.unwatch(this)
  }

  tick(elapsedMs: number): void {
    const activity = this.#signature()
    if (activity !== undefined && activity !== this.#activity) {
      this.#activity = activity
      this.#ageMs = 0
      this.movedAt = performance.now()
      return
    }
    this.#ageMs += elapsedMs
    if (this.#ageMs >= this.deadlineMs) this.#onOverdue(this.#ageMs)
  }
}
