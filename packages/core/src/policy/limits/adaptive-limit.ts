import type { LimitResults } from '@fanfold/workers/protocol'

export interface AdaptiveBounds {
  /** What it starts with. */
  readonly concurrency: number
  readonly maxConcurrency: number
}

/** A rejection says: one too many, or many too many. It never takes more than half at once. */
const LARGEST_CUT = 0.5
/** With rejections, at least this is taken off: the queue in the downstream that caused them has to be emptied, too. */
const SMALLEST_CUT = 0.95
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
/** A bound that was met is tried again after so many calls at first, and at most. Each try may cost a rejection. */
const FIRST_RETRY = 200
const LAST_RETRY = 1_600

/**
 * How many calls a downstream bears, found out by trying: additive increase, multiplicative decrease (Chiu and Jain,
 * "Analysis of the Increase and Decrease Algorithms for Congestion Avoidance in Computer Networks", 1989), in rounds of as
 * many calls as may be under way.
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
  /** Of the round. */
  #calls = 0
  #rejected = 0
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
    this.#to(Math.min(concurrency, maxConcurrency))
  }

  /**
   * Calls have come to their end.
   *
   * @param inUse - permits that calls had, these included
   */
  settled({ calls, rejected, logMsSum }: Omit<LimitResults, 'failed'>, inUse: number): void {
    if (inUse * 2 >= this.#limit) this.#wasUsed = true
    // They were begun under another limit; a rejection that is heard now was already answered.
    const passed = Math.min(calls, this.#passing)
    this.#passing -= passed
    this.#calls += calls - passed
    this.#rejected += (rejected * (calls - passed)) / Math.max(1, calls)
    if (this.#limit >= this.#ceiling - 1) this.#sinceCeiling += calls
    this.#timed.calls += calls - rejected
    this.#timed.logMsSum += logMsSum
    if (this.#rejected > 0) this.#reject()
    else if (this.#calls >= this.#limit) this.#endRound()
  }

  #reject(): void {
    const share = this.#rejected / Math.max(this.#calls, this.#limit)
    const isRetry = this.#ceiling === this.#limit
    this.#retryAfter = isRetry ? Math.min(LAST_RETRY, this.#retryAfter * 2) : FIRST_RETRY
    this.#ceiling = this.#limit
    this.#sinceCeiling = 0
    this.#step = 0
    // One too many, and nothing but that: what is below went well a moment ago.
    const factor = isRetry ? 1 : Math.max(LARGEST_CUT, Math.min(SMALLEST_CUT, 1 - share))
    this.#to(Math.max(1, Math.min(this.#limit - 1, Math.floor(this.#limit * factor))))
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
    this.#calls = this.#rejected = 0
    this.#wasUsed = false
  }
}
