/** Every code a Fanfold error can carry; each has its paragraph in `docs/errors.md`. */
export const ERROR_CODES = [
  // A task
  'FANFOLD_BAD_VERDICT',
  'FANFOLD_FILE_UNREADABLE',
  'FANFOLD_HOST_FUNCTION_UNKNOWN',
  'FANFOLD_LIMIT_DEADLOCK',
  'FANFOLD_LIMIT_OPEN',
  'FANFOLD_LIMIT_QUEUE_TIMED_OUT',
  'FANFOLD_LIMIT_UNKNOWN',
  'FANFOLD_NOT_CLONEABLE',
  'FANFOLD_PREFETCH_TIMED_OUT',
  'FANFOLD_RECORD_TOO_LONG',
  'FANFOLD_RECORD_UNPARSABLE',
  'FANFOLD_TASK_CRASHED',
  'FANFOLD_TASK_TIMED_OUT',
  // A verifier
  'FANFOLD_BAD_CHAIN',
  'FANFOLD_SETUP_FAILED',
  'FANFOLD_START_TIMED_OUT',
  'FANFOLD_TEARDOWN_FAILED',
  'FANFOLD_TEARDOWN_TIMED_OUT',
  'FANFOLD_VERIFIER_CLOSED',
  'FANFOLD_VERIFIER_LOAD_FAILED',
  'FANFOLD_VERIFIER_NOT_A_MODULE',
  'FANFOLD_VERIFIER_NOT_FOUND',
  'FANFOLD_VERIFIER_NO_EXPORT',
  'FANFOLD_VERIFIER_TYPESCRIPT',
  // A reducer
  'FANFOLD_REDUCER_FAILED',
  'FANFOLD_REDUCER_LOAD_FAILED',
  'FANFOLD_REDUCER_NOT_A_MODULE',
  'FANFOLD_REDUCER_TIMED_OUT',
  'FANFOLD_REDUCE_JOURNALED',
  // A source
  'FANFOLD_BAD_SOURCE',
  'FANFOLD_CSV_BAD_HEADER',
  'FANFOLD_CSV_UNCLOSED_QUOTE',
  'FANFOLD_SOURCE_FAILED',
  'FANFOLD_SOURCE_UNREADABLE',
  // A run and its engine
  'FANFOLD_BAD_OPTION',
  'FANFOLD_ENGINE_CLOSED',
  'FANFOLD_INTERNAL',
  'FANFOLD_JOURNAL_DAMAGED',
  'FANFOLD_JOURNAL_DIFFERENT',
  'FANFOLD_JOURNAL_EXISTS',
  'FANFOLD_JOURNAL_FAILED',
  'FANFOLD_JOURNAL_FOREIGN',
  'FANFOLD_JOURNAL_LOCKED',
  'FANFOLD_JOURNAL_SOURCE_ID',
  'FANFOLD_NESTED_RUN',
  'FANFOLD_NODE_TOO_OLD',
  'FANFOLD_OUTPUT_FAILED',
  'FANFOLD_OVERLOADED',
  'FANFOLD_RUN_ABORTED',
  'FANFOLD_RUN_CONSUMED',
  'FANFOLD_RUN_FAILED',
  'FANFOLD_RUN_PARTIAL',
  'FANFOLD_THREAD_DIED',
  'FANFOLD_TOLERANCE_EXCEEDED',
] as const

export type ErrorCode = (typeof ERROR_CODES)[number]

/**
 * The base of every error that Fanfold itself makes. The user's own error, where there is one, is its `cause`.
 *
 * @example
 * ```ts
 * import { FanfoldError } from '@fanfold/core'
 * const remedy = (error: unknown) => (error instanceof FanfoldError ? `see docs/errors.md, ${error.code}` : 'not ours')
 * ```
 */
export class FanfoldError extends Error {
  override readonly name: string = 'FanfoldError'
  /** A stable code to branch on; the message may change between versions. */
  readonly code: ErrorCode
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
