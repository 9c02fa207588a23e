/** The waits of a run's tasks before their next attempts. */
export class RetryTimers {
  readonly #timers = new Set<NodeJS.Timeout>()

  /** Calls back after the time, unless they are stopped by then. */
  after(delayMs: number, due: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      due()
    }, delayMs)
    this.#timers.add(timer)
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
  }
}
