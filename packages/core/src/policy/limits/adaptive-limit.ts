import type { LimitResults } from '@fanfold/workers/protocol'

export interface AdaptiveBounds {
  /** What it starts with. */
  readonly concurrency: number
  readonly maxConcurrency: number
}

/** Rejections of one overload take off as many calls as were rejected, but no more than this share of those under way. */
const LARGEST_CUT = 0.5
/** And at least this one: the queue in the downstream that caused them has to be emptied, too. */
const SMALLEST_CUT = 0.05
/** Calls are slow when they take so many times as long as they did at best. */
const SLOW = 2
/** Calls whose times are looked at together: of fewer, chance alone may double the mean where some calls are slow by nature. */
const TIMED_TOGETHER = 256
/** So many slow ones in a row are believed. */
const SLOW_IN_A_ROW = 3
/** How much is taken off then. */
const SLOW_CUT = 0.9
/** How much of what is seen at the limit at which calls were fastest is believed to be the best that is possible now. */
const RELEARNED = 0.1
/** How much a round may add: a share of the limit, and more where the times of calls have been looked at meanwhile. */
const BLIND_STEP = 0.1
const LARGEST_STEP = 0.5
/** A bound that was met is tried again after so many calls at first, and at most: a rejection each, so a quarter percent. */
const FIRST_RETRY = 200
const LAST_RETRY = 400

/** A decrease that is going on: until the calls that were under way when it began have gone by, it is one overload. */
interface Cut {
  /** So many calls were under way. */
  readonly from: number
  /** A bound was tried again, and nothing but that: what is below went well a moment ago. */
  readonly isRetry: boolean
  rejected: number
}

/**
 * How many calls a downstream bears, found out by trying: additive increase, multiplicative decrease (Chiu and Jain,
 * "Analysis of the Increase and Decrease Algorithms for Congestion Avoidance in Computer Networks", 1989), in rounds of as
 * many calls as may be under way.
 *
 * A rejection is answered at once, however long calls take: its permit would be back at the downstream, and rejected
 * again, many times in a round. So each counts when it is heard, and takes one call off. Those of one overload are one
 * decrease (as in NewReno, RFC 6582): of as much as they are of the calls under way (as in DCTCP, RFC 8257, and RFC 5681 of
 * what is in flight, not what might be), and of {@link SMALLEST_CUT} to {@link LARGEST_CUT}.
 *
 * Where a rejection was met is remembered. The way back to just below is quick, half of what is missing a round (as in
 * "Binary Increase Congestion Control", Xu, Harfoush and Rhee, 2004), and one more is tried now and then only, so that a
 * downstream with a hard bound rejects few calls. What goes well beyond the remembered bound has no bound: each round
 * may then add twice what the last one has.
 */
export class AdaptiveLimit {
  #limit: number
  #max: number
  /** What was met by a rejection, and may be so again. */
  #ceiling = Infinity
  /** Calls to go by, until what the last change has led to is seen: those that were under way. */
  #passing = 0
  #cut: Cut | undefined
  /** Of the round. */
  #calls = 0
  /** How much the last round has added. */
  #step = 0
  /** Whether half of it was in use, at some time in the round. */
  #wasUsed = false
  #sinceCeiling = 0
  #retryAfter = FIRST_RETRY
  #timed = { calls: 0, logMsSum: 0 }
  /** The fastest that calls were, and with how many at once. */
  #best = { ms: Infinity, limit: Infinity }
  #slowInARow = 0
  /** Times were looked at since it last grew. */
  #isTimed = false

  constructor({ concurrency, maxConcurrency }: AdaptiveBounds) {
    this.#limit = concurrency
    this.#max = maxConcurrency
  }

  get limit(): number {
    return this.#limit
  }

  /** Starts anew from here. */
  set({ concurrency, maxConcurrency }: AdaptiveBounds): void {
    this.#max = maxConcurrency
    this.#ceiling = Infinity
    this.#best = { ms: Infinity, limit: Infinity }
    this.#step = 0
    this.#cut = undefined
    this.#to(Math.min(concurrency, maxConcurrency))
  }

  /**
   * Calls have come to their end.
   *
   * @param inUse - permits that calls had, these included
   */
  settled({ calls, rejected, logMsSum }: Omit<LimitResults, 'failed'>, inUse: number): void {
    if (inUse * 2 >= this.#limit) this.#wasUsed = true
    if (this.#limit >= this.#ceiling - 1) this.#sinceCeiling += calls
    this.#timed.calls += calls - rejected
    this.#timed.logMsSum += logMsSum
    if (rejected > 0) this.#reject(rejected, inUse)
    // They were begun under another limit.
    const passed = Math.min(calls, this.#passing)
    this.#passing -= passed
    if (this.#passing > 0) return
    this.#cut = undefined
    this.#calls += calls - passed
    if (rejected === 0 && this.#calls >= this.#limit) this.#endRound()
  }

  #reject(rejected: number, inUse: number): void {
    this.#cut ??= this.#newCut(inUse)
    const cut = this.#cut
    cut.rejected += rejected
    const left = cut.from - cut.rejected
    const least = Math.floor(cut.from * (1 - LARGEST_CUT))
    const most = cut.isRetry ? cut.from - 1 : Math.floor(cut.from * (1 - SMALLEST_CUT))
    // Where nearly all are rejected, how many it bears is not known.
    this.#ceiling = left < least ? Infinity : left + 1
    this.#limit = Math.max(1, Math.min(this.#limit, Math.max(least, Math.min(most, left))))
  }

  #newCut(inUse: number): Cut {
    const isRetry = this.#ceiling === this.#limit
    this.#retryAfter = isRetry ? Math.min(LAST_RETRY, this.#retryAfter * 2) : FIRST_RETRY
    this.#sinceCeiling = 0
    this.#step = 0
    const from = Math.min(this.#limit, inUse)
    this.#passing = from
    this.#newRound()
    return { from, isRetry, rejected: 0 }
  }

  #endRound(): void {
    const wasUsed = this.#wasUsed
    this.#newRound()
    this.#lookAtTimes()
    if (this.#slowInARow === SLOW_IN_A_ROW) {
      this.#slowInARow = 0
      this.#step = 0
      this.#to(Math.max(1, Math.floor(this.#limit * SLOW_CUT)))
    } else if (wasUsed && this.#limit < this.#max && this.#slowInARow === 0) this.#grow()
  }

  #grow(): void {
    if (this.#limit >= this.#ceiling) this.#ceiling = Infinity // it was met again, and held
    if (this.#limit === this.#ceiling - 1) {
      if (this.#sinceCeiling < this.#retryAfter) return
      this.#sinceCeiling = 0
      return this.#to(this.#ceiling)
    }
    const largest = Math.floor(this.#limit * (this.#isTimed ? LARGEST_STEP : BLIND_STEP))
    this.#isTimed = false
    this.#step = Math.max(1, Math.min(this.#step * 2, largest))
    const room = this.#ceiling - 1 - this.#limit
    this.#to(Math.min(this.#max, this.#limit + Math.min(this.#step, Math.max(1, Math.ceil(room / 2)))))
  }

  #lookAtTimes(): void {
    const { calls, logMsSum } = this.#timed
    if (calls < TIMED_TOGETHER) return
    this.#timed = { calls: 0, logMsSum: 0 }
    const ms = Math.exp(logMsSum / calls)
    if (ms < this.#best.ms) this.#best = { ms, limit: this.#limit }
    // With no more at once than then, it is not the limit that makes them slower.
    else if (this.#limit <= this.#best.limit) this.#best.ms += RELEARNED * (ms - this.#best.ms)
    this.#slowInARow = ms > SLOW * this.#best.ms ? this.#slowInARow + 1 : 0
    this.#isTimed = true
  }

  #to(limit: number): void {
    this.#passing = Math.min(this.#limit, limit)
    this.#limit = limit
    this.#newRound()
  }

  #newRound(): void {
    this.#calls = 0
    this.#wasUsed = false
  }
}
