import type { LimitResults, LimitUse } from '../../limit-use.ts'

/** A call that waits for a permit. */
export interface Waiter {
  /** By the clock of {@link ShareOutside.nowMs}. */
  readonly sinceMs: number
  /** Limits whose permits are held by the calls within which it is. */
  readonly holds: readonly string[]
  granted(): void
  /** The breaker is open, for so long. */
  refused(forMs: number): void
  /** It has to give way, so that others of these limits can go on. It leaves by itself. */
  deadlocked(names: readonly string[]): void
}

/** How a call came to its end. `dropped`: nobody waits for it any more, which says nothing of the downstream. */
export type CallEnd =
  | { readonly how: 'succeeded'; readonly ms: number }
  | { readonly how: 'failed'; readonly ms: number }
  | { readonly how: 'rejected' }
  | { readonly how: 'dropped' }

/** The world around a share. */
export interface ShareOutside {
  nowMs(): number
  /** Something is to be told, by {@link LimitShare.tell}: as soon as this turn has ended, or in some milliseconds. */
  tellSoon(isUrgent: boolean): void
}

/** As it was before any verifier was imported. */
const fromEntries: typeof Object.fromEntries = Object.fromEntries
const NO_RESULTS: LimitResults = { calls: 0, failed: 0, rejected: 0, logMsSum: 0 }

/**
 * What one thread has of a limit: permits that it was granted, and calls that wait for one. A permit that a call lets go
 * is given to the next one here, without a word to the main thread; that hears of many calls together. Permits that lie
 * here and are not used go back, and so does the permit of a call that was rejected: there were too many.
 *
 * With a rate a permit is for one start, and goes back after it. Invariant: `granted` = `used` + `free` + all that was
 * ever returned.
 */
export class LimitShare {
  readonly #outside: ShareOutside
  /** A permit is for one start. */
  hasRate = false
  readonly #waiting = new Set<Waiter>()
  #granted = 0
  #free = 0
  /** The least that was free since this was last looked at: so many were not needed. */
  #idle = 0
  #recalled = 0
  #refusedUntilMs = 0
  /** By limit: calls with a permit of this one that wait for one of that. */
  readonly #blocked = new Map<string, number>()
  #isBlockedNew = false
  // To be told:
  #returned = 0
  #unused = 0
  #starts: number[] = []
  #results: { -readonly [Count in keyof LimitResults]: number } = { ...NO_RESULTS }
  #refused = 0
  #waits = 0
  #waitedMs = 0

  constructor(outside: ShareOutside) {
    this.#outside = outside
  }

  /** Whether a call is refused without asking anybody: for how long, ms; 0 when it is not. */
  refuse(): number {
    const forMs = Math.max(0, this.#refusedUntilMs - this.#outside.nowMs())
    if (forMs === 0) return 0
    this.#refused++
    this.#outside.tellSoon(false)
    return forMs
  }

  /** Takes a permit, if one lies here and nobody was there before. */
  take(): boolean {
    if (this.#free === 0 || this.#waiting.size > 0) return false
    this.#use()
    return true
  }

  wait(waiter: Waiter): void {
    this.#waiting.add(waiter)
    this.#outside.tellSoon(true)
  }

  /** It waits no longer. */
  leave(waiter: Waiter): void {
    if (!this.#waiting.delete(waiter)) return
    this.#noteWait(waiter)
    this.#outside.tellSoon(true)
  }

  /** A call that had a permit is over. */
  ended(end: CallEnd): void {
    this.#note(end)
    if (this.hasRate || this.#recalled > 0 || end.how === 'rejected') this.#giveBack(1)
    else {
      this.#free++
      this.#serve()
    }
    this.#tellSoon(this.#returned > 0 || end.how === 'failed')
  }

  granted(permits: number): void {
    this.#granted += permits
    this.#free += permits
    this.#serve()
    // A start that is not made holds the window up.
    if (this.hasRate && this.#free > 0) this.#giveBackUnused(this.#free)
    this.#giveBackUnused(Math.min(this.#free, this.#recalled))
    this.#tellSoon(this.#returned > 0 || this.#starts.length > 0)
  }

  recalled(permits: number): void {
    this.#recalled += permits
    this.#giveBackUnused(Math.min(this.#free, this.#recalled))
    if (this.#returned > 0) this.#outside.tellSoon(true)
  }

  /** The breaker is open, for so long. */
  refused(forMs: number): void {
    this.#refusedUntilMs = this.#outside.nowMs() + forMs
    this.#giveBackUnused(this.#free)
    this.#refused += this.#waiting.size
    for (const waiter of this.#waiting) {
      this.#noteWait(waiter)
      waiter.refused(forMs)
    }
    this.#waiting.clear()
    this.#outside.tellSoon(true)
  }

  /** A call with a permit waits for one of another limit (or this), or waits no longer. */
  blocked(waitedFor: string, by: 1 | -1): void {
    const count = (this.#blocked.get(waitedFor) ?? 0) + by
    if (count === 0) this.#blocked.delete(waitedFor)
    else this.#blocked.set(waitedFor, count)
    this.#isBlockedNew = true
    this.#outside.tellSoon(true)
  }

  /** The call that came last, of those that hold a permit of one of these limits, gives up. */
  unlock(names: readonly string[]): void {
    const waiters = [...this.#waiting].filter(({ holds }) => holds.some((name) => names.includes(name)))
    waiters.at(-1)?.deadlocked(names)
  }

  /** What was not needed for a while goes back. */
  giveBackIdle(): void {
    this.#giveBackUnused(this.#idle)
    this.#idle = this.#free
    if (this.#free > 0) this.#outside.tellSoon(false)
  }

  /** What has happened since this was called last; `undefined` when that is nothing. */
  tell(): LimitUse | undefined {
    const use: LimitUse = {
      granted: this.#granted,
      waiting: this.#waiting.size,
      returned: this.#returned,
      starts: this.#starts,
      unused: this.#unused,
      results: this.#results,
      blocked: fromEntries(this.#blocked),
      refused: this.#refused,
      waits: this.#waits,
      waitedMs: this.#waitedMs,
    }
    const counts = [use.waiting, use.returned, use.starts.length, use.results.calls, use.refused, use.waits]
    this.#returned = this.#unused = this.#refused = this.#waits = this.#waitedMs = 0
    this.#starts = []
    this.#results = { ...NO_RESULTS }
    const isNew = this.#isBlockedNew || counts.some((count) => count > 0)
    this.#isBlockedNew = false
    return isNew ? use : undefined
  }

  #tellSoon(isUrgent: boolean): void {
    if (isUrgent) this.#outside.tellSoon(true)
    // What lies here unused is looked at again.
    if (!isUrgent || this.#free > 0) this.#outside.tellSoon(false)
  }

  #serve(): void {
    for (const waiter of this.#waiting) {
      if (this.#free === 0) return
      this.#waiting.delete(waiter)
      this.#noteWait(waiter)
      this.#use()
      waiter.granted()
    }
  }

  #use(): void {
    this.#free--
    this.#idle = Math.min(this.#idle, this.#free)
    if (this.hasRate) this.#starts.push(this.#outside.nowMs())
  }

  #giveBackUnused(permits: number): void {
    if (permits <= 0) return
    this.#free -= permits
    this.#idle = Math.min(this.#idle, this.#free)
    if (this.hasRate) this.#unused += permits
    this.#giveBack(permits)
  }

  #giveBack(permits: number): void {
    this.#returned += permits
    this.#recalled = Math.max(0, this.#recalled - permits)
  }

  #note(end: CallEnd): void {
    if (end.how === 'dropped') return
    const results = this.#results
    results.calls++
    if (end.how !== 'succeeded') results.failed++
    if (end.how === 'rejected') results.rejected++
    // The clock has steps; nothing takes no time.
    else results.logMsSum += Math.log(Math.max(0.01, end.ms))
  }

  #noteWait({ sinceMs }: Waiter): void {
    this.#waits++
    this.#waitedMs += this.#outside.nowMs() - sinceMs
  }
}
