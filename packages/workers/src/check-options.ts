import type { VerdictName } from './verdict.ts'

/** Further attempts after a throw, a timeout, a crash. */
export interface RetryCounts {
  readonly retries?: number
  readonly timeouts?: number
  readonly crashes?: number
}

/** How an outcome of a check can be that others wait for. */
export type CheckEnd = VerdictName | 'errored' | 'timedOut' | 'crashed'

/** Options of {@link check}. */
export interface ChainCheckOptions {
  /** Names of the checks that come before it. @defaultValue those of the stage before; none in the first */
  readonly after?: readonly string[]
  /** After which of its own ends the checks behind it go on; after others they are `skipped`. @defaultValue `['pass', 'flag']` */
  readonly goOnAfter?: readonly CheckEnd[]
  /** Of this check, ms; `Infinity` is off. @defaultValue the run's */
  readonly timeoutMs?: number
  /** Its further attempts. @defaultValue the run's, for each count that is not given */
  readonly retry?: RetryCounts
}
