/** When calls behind a limit are refused for a while, so that a downstream that is broken is left alone. */
export interface BreakerSettings {
  /** It opens when more than this share of the last calls have failed, percent. */
  readonly percentage: number
  /** How many calls are looked back at; with fewer it does not open. */
  readonly calls: number
  /** How long calls are refused before one is let through to see, ms. */
  readonly openMs: number
}

type Phase =
  | { readonly name: 'closed' }
  /** All are refused. */
  | { readonly name: 'open'; readonly untilMs: number }
  /** One at a time is let through: it shows whether the others may follow. */
  | { readonly name: 'halfOpen' }

/** The circuit breaker of a limit (Nygard, "Release It!", 2007). */
export class LimitBreaker {
  readonly #settings: BreakerSettings
  #phase: Phase = { name: 'closed' }
  /** Of the last calls, in their order, whether each has failed. */
  #failed: boolean[] = []

  constructor(settings: BreakerSettings) {
    this.#settings = settings
  }

  get phase(): Phase['name'] {
    return this.#phase.name
  }

  /** How many calls may be under way because of it. */
  get bound(): number {
    return { closed: Infinity, open: 0, halfOpen: 1 }[this.#phase.name]
  }

  /** Until one call is let through, ms from now; 0 when none is refused. */
  opensInMs(nowMs: number): number {
    return this.#phase.name === 'open' ? Math.max(0, Math.ceil(this.#phase.untilMs - nowMs)) : 0
  }

  /** The time for which it was opened may be over. */
  look(nowMs: number): void {
    if (this.#phase.name === 'open' && nowMs >= this.#phase.untilMs) this.#phase = { name: 'halfOpen' }
  }

  /** Calls have come to their end. What was under way when it opened says nothing new. */
  settled(succeeded: number, failed: number, nowMs: number): void {
    if (this.#phase.name === 'open' || succeeded + failed === 0) return
    if (this.#phase.name === 'halfOpen') {
      if (failed > 0) this.#open(nowMs)
      else this.#close()
      return
    }
    const { calls, percentage } = this.#settings
    this.#failed.push(...Array<boolean>(Math.min(failed, calls)).fill(true))
    this.#failed.push(...Array<boolean>(Math.min(succeeded, calls)).fill(false))
    this.#failed = this.#failed.slice(-calls)
    const share = this.#failed.filter(Boolean).length / calls
    if (this.#failed.length >= calls && share * 100 > percentage) this.#open(nowMs)
  }

  #open(nowMs: number): void {
    this.#phase = { name: 'open', untilMs: nowMs + this.#settings.openMs }
  }

  #close(): void {
    this.#phase = { name: 'closed' }
    this.#failed = []
  }
}
