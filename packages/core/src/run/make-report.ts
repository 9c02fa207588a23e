import type { EndRun, RunEnd } from '../coordinator/commands.ts'
import type { Tolerance } from '../policy/tolerance.ts'
import { FanfoldError } from '../errors.ts'
import type { Account } from '../report/account.ts'
import type { Report, RunResult, StuckThread } from '../report/report.ts'
import { ToleranceExceededError } from '../report/tolerance-error.ts'

/** What is known of a run that has ended, beside how it did. */
export interface Ended {
  readonly account: Account
  readonly tolerance: Tolerance | undefined
  readonly limit: number
  /** Tasks that were read. */
  readonly read: number
  /** Settled by an earlier run that this one resumes; they are in the account. */
  readonly resumed: number
  /** In the source, without the resumed, where that is known. */
  readonly totalTasks: number | undefined
  /** The source was read as far as was asked for, and perhaps not to its end. */
  readonly reachedLimit: boolean
  readonly elapsedMs: number
  readonly threads: number
  readonly stuckThreads: readonly StuckThread[]
  readonly limits: Report['limits']
  readonly warnings: readonly string[]
}

/** @throws {FanfoldError} `FANFOLD_INTERNAL` when not every task that was read is accounted for. */
export function makeReport({ end, sourceExhausted, threadsReplaced, retries }: EndRun, ended: Ended): Report {
  const { account, limit, read, resumed, totalTasks, elapsedMs, threads, stuckThreads, limits, warnings } = ended
  const settled = account.settled - resumed
  if (settled !== read) {
    throw new FanfoldError('FANFOLD_INTERNAL', `${read} tasks were read, but ${settled} are accounted for`)
  }
  const isCutShort = end.how !== 'finished' && totalTasks !== undefined
  const unread = isCutShort ? Math.max(0, Math.min(totalTasks, limit) - read) : 0
  account.addUnread(unread)
  const { statuses } = account
  const total = resumed + read + unread
  const failure = failureOf(end, ended, total)
  return {
    result: resultOf(end, statuses),
    total,
    sourceExhausted: sourceExhausted && !ended.reachedLimit,
    ...(resumed === 0 ? {} : { resumed }),
    statuses,
    verdicts: account.verdicts,
    reasons: account.reasons,
    ...(account.checks === undefined ? {} : { checks: account.checks }),
    retries: account.resumedRetries + retries,
    threadsReplaced,
    stuckThreads,
    threads,
    elapsedMs,
    tasksPerSecond: elapsedMs === 0 ? 0 : ((total - resumed - statuses.aborted) / elapsedMs) * 1000,
    durationMs: account.durationMs,
    slowest: account.slowest,
    firstErrors: account.firstErrors,
    ...toleranceOf(ended, failure),
    ...(limits === undefined ? {} : { limits }),
    warnings,
    ...(failure === undefined ? {} : { failure }),
  }
}

/** The coordinator knows no errors of tasks: whoever reads that there were too many is to see some of them. */
function failureOf(end: RunEnd, { account, tolerance }: Ended, total: number): Error | undefined {
  if (end.how === 'finished') return undefined
  const isBreach = 'code' in end.error && end.error.code === 'FANFOLD_TOLERANCE_EXCEEDED'
  if (!isBreach || tolerance === undefined) return end.error
  const { firstErrors, unsuccessful } = account
  return new ToleranceExceededError({ tolerance, unsuccessful, firstErrors }, total)
}

/** What was put up with, and what there was of it. */
function toleranceOf(
  { account: { unsuccessful }, tolerance }: Ended,
  failure: Error | undefined,
): Pick<Report, 'tolerance'> {
  if (tolerance === undefined) return {}
  return { tolerance: { ...tolerance, unsuccessful, isExceeded: failure instanceof ToleranceExceededError } }
}

function resultOf({ how }: RunEnd, statuses: Report['statuses']): RunResult {
  if (how === 'cancelled') return 'aborted'
  if (how === 'failed') return 'failed'
  const { errored, timedOut, crashed, aborted } = statuses
  return errored + timedOut + crashed + aborted === 0 ? 'succeeded' : 'partial'
}
