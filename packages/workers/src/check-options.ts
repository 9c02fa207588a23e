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
  /** Names of the checks that come before it, instead of those of the stage before. */
  readonly after?: readonly string[]
  /** After which of its own ends the checks behind it go on; after others they are `skipped`. @defaultValue `['pass', 'flag']` */
  readonly goOnAfter?: readonly CheckEnd[]
  /** Of this check, ms; `Infinity` is off. @defaultValue the run's */
  readonly timeoutMs?: number
  /** Its further attempts; each count that is not given is the run's. */
  readonly retry?: RetryCounts
}
