/**
 * A bound in front of a downstream: a database with twenty connections, a service that answers a hundred requests a
 * second. It is shared by all runs, threads and processes of the engine; a verifier goes through it with
 * `context.limit(name, call)`.
 */
export interface LimitOptions {
  /** How many calls may be under way at once; of an adaptive limit, at first. @defaultValue 50 */
  readonly concurrency?: number
  /**
   * Bounds the starts of calls: no window of `perMs` ms holds more than `count` of them. Of a twentieth of that time, none
   * holds more than a twentieth of them (or one).
   * @defaultValue none
   */
  readonly rate?: { readonly count: number; readonly perMs: number }
  /**
   * Finds out how many calls the downstream bears: fewer when it rejects some (a call throws `overloaded()`, or any error
   * with `overloaded: true`) or when they become slow, more as long as all goes well and at least half are in use.
   * @defaultValue false
   */
  readonly adaptive?: boolean
  /** What an adaptive limit never exceeds. @defaultValue 1,000 */
  readonly maxConcurrency?: number
  /**
   * How long a call waits for its permit, ms; it is rejected with `FANFOLD_LIMIT_QUEUE_TIMED_OUT` then. `Infinity` is off.
   * @defaultValue 60,000, or twice what `concurrency` calls need at the `rate`, if that is more
   */
  readonly queueTimeoutMs?: number
  /**
   * Leaves a downstream alone that is broken: when more than `percentage` of the last `calls` calls have thrown, further
   * ones are rejected with `FANFOLD_LIMIT_OPEN` for `openMs`; then one is let through, and shows whether others may follow.
   * `true` is `{ percentage: 50, calls: 20, openMs: 10_000 }`.
   * @defaultValue false
   */
  readonly breaker?: boolean | { readonly percentage?: number; readonly calls?: number; readonly openMs?: number }
}

/** What has happened at a limit. */
export interface LimitCounts {
  /** Calls that have come to their end. */
  readonly calls: number
  /** Of these, those that threw; the rejected ones included. */
  readonly failed: number
  /** Turned away by the downstream. */
  readonly rejected: number
  /** Refused because the breaker was open. */
  readonly refused: number
  /** Calls that had to wait for a permit, and how long together, ms. */
  readonly waits: number
  readonly waitedMs: number
}

/** A limit's state, and what has happened at it. */
export interface LimitStatus extends LimitCounts {
  /** How many calls may be under way now, unless the breaker is open. */
  readonly permits: number
  /** Permits that threads hold: for calls that are under way, or for those that follow in a few milliseconds. */
  readonly held: number
  /** Calls that wait for one, as far as threads have told. */
  readonly waiting: number
  /** `open`: calls are refused. `halfOpen`: one is let through to see. */
  readonly breaker: 'closed' | 'open' | 'halfOpen'
  /** How many permits there were from when on, ms since the engine was made (in a report, since the run began). */
  readonly path: readonly { readonly atMs: number; readonly permits: number }[]
}
