import { FanfoldError } from '../errors.ts'
import type { ErrorCode } from '../errors.ts'
import type { Outcome } from '../outcome.ts'
import type { Report } from './report.ts'
import { withoutStop } from '@fanfold/workers/protocol'

/** What `verify()` rejects with, and `assertSucceeded()` throws: the run ended, but not every task was completed. */
export class RunError extends FanfoldError {
  override readonly name: string = 'RunError'
  readonly report: Report
  /** From `verify()`: every outcome there is. Else empty. */
  readonly outcomes: readonly Outcome[]
  constructor(code: ErrorCode, message: string, report: Report, outcomes: readonly Outcome[], options?: ErrorOptions) {
    super(code, message, options)
    this.report = report
    this.outcomes = outcomes
  }
}

/** What `run.reduce()` rejects with when the run ended, but not every task was completed. */
export class ReduceError extends RunError {
  override readonly name: string = 'ReduceError'
  /** What the tasks that were completed come to; `undefined` when the engine was closed before that was known. */
  readonly value: unknown
  constructor({ code, message, report, cause }: RunError, value: unknown) {
    super(code, message, report, [], cause === undefined ? undefined : { cause })
    this.value = value
  }
}

/**
 * Does nothing when every task of the run was completed, or as many as its tolerance asks for; else throws: 98 of 100 is
 * not done, unless that was said to be enough.
 *
 * @throws {RunError} `FANFOLD_RUN_PARTIAL`, `FANFOLD_RUN_FAILED` or `FANFOLD_RUN_ABORTED`; it carries the report.
 * @example
 * ```ts
 * import { assertSucceeded } from '@fanfold/core'
 * import type { Run } from '@fanfold/core'
 * async function done(run: Run): Promise<void> {
 *   assertSucceeded(await run.report())
 * }
 * ```
 */
export function assertSucceeded(report: Report): void {
  const error = errorOf(report, [])
  if (error !== undefined) throw error
}

/** The error that a report other than `succeeded` stands for. */
export function errorOf(report: Report, outcomes: readonly Outcome[]): RunError | undefined {
  const { result, total, statuses } = report
  if (result === 'succeeded' || (result === 'partial' && report.tolerance !== undefined)) return undefined
  const done = `${statuses.completed} of ${total} tasks reached a verdict`
  const rest = `${statuses.errored} errored, ${statuses.timedOut} timed out, ${statuses.crashed} crashed, ${statuses.aborted} aborted`
  const why = report.failure === undefined ? '' : `: ${withoutStop(report.failure.message)}`
  const options = report.failure === undefined ? undefined : { cause: report.failure }
  if (result === 'partial')
    return new RunError('FANFOLD_RUN_PARTIAL', `the run is partial: ${done} (${rest}).`, report, outcomes)
  if (result === 'aborted')
    return new RunError(
      'FANFOLD_RUN_ABORTED',
      `the run was aborted${why}; ${done} (${rest}).`,
      report,
      outcomes,
      options,
    )
  return new RunError('FANFOLD_RUN_FAILED', `the run failed${why}; ${done} (${rest}).`, report, outcomes, options)
}
