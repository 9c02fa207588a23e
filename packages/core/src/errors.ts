import { FanfoldError } from '@fanfold/workers/protocol'
import type { ErrorCode } from '@fanfold/workers/protocol'
import type { Outcome } from './outcome.ts'
import type { Report } from './report/report.ts'

export { FanfoldError }
export type { ErrorCode }

/** What `verify()` rejects with, and `assertSucceeded()` throws: the run ended, but not every task was completed. */
export class RunError extends FanfoldError {
  override readonly name: string = 'RunError'
  readonly report: Report
  /** From `verify()`: every outcome there is. From `assertSucceeded()`: empty. */
  readonly outcomes: readonly Outcome[]
  constructor(code: ErrorCode, message: string, report: Report, outcomes: readonly Outcome[], options?: ErrorOptions) {
    super(code, message, options)
    this.report = report
    this.outcomes = outcomes
  }
}
