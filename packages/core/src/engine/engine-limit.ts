import type { LimitOptions, LimitStatus } from '../options/limit-options.ts'

/** One of an engine's limits. */
export interface EngineLimit {
  /**
   * Changes what is given and nothing else, at once, also for runs that go on. Calls that are under way above a lower bound
   * come to their end.
   *
   * @throws {FanfoldError} `FANFOLD_BAD_OPTION`
   */
  update(options: LimitOptions): void
  /** What there is of it now. */
  status(): LimitStatus
}
