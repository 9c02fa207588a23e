/** What became of calls behind a limit. */
export interface LimitResults {
  /** That came to their end. */
  readonly calls: number
  /** Of these, those that threw; the rejected ones included. */
  readonly failed: number
  /** Turned away by the downstream, because it had too much to do. */
  readonly rejected: number
  /**
   * The sum of the natural logarithms of the times that the others took, ms. Logarithms, so that the mean is the geometric
   * one, which a few calls that are slow by nature move little.
   */
  readonly logMsSum: number
}

/** What a thread has done with a limit since it last said so, and how it stands with it now. */
export interface LimitUse {
  /** Permits that it has been granted in its life: later ones it has not heard of yet. */
  readonly granted: number
  /** Calls that wait for a permit. */
  readonly waiting: number
  /** Permits that it gives back. */
  readonly returned: number
  /** Of a limit with a rate: when calls were begun, ms, by the monotonic clock that all processes share. */
  readonly starts: readonly number[]
  /** Of a limit with a rate: permits among the returned ones with which no call was begun. */
  readonly unused: number
  readonly results: LimitResults
  /** By limit: calls with a permit of this one that wait, within it, for one of that. */
  readonly blocked: Readonly<Record<string, number>>
  /** Calls that were not made, because the breaker was open. */
  readonly refused: number
  /** Calls that were let through after a wait, or gave up waiting, and how long they had waited together, ms. */
  readonly waits: number
  readonly waitedMs: number
}
