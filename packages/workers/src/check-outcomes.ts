import type { CheckTerms } from './chain-terms.ts'
import { CHECK_ABORTED, CHECK_SKIPPED, statusOfCheck, verdictOfCheck } from './check-ends.ts'
import type { CheckStatus } from './check-ends.ts'
import type { EncodedError } from './error-codec.ts'
import { COMPLETED, STATUSES } from './outcome-columns.ts'
import type { CheckDetail } from './outcome-columns.ts'
import type { Issue, VerdictName } from './verdict.ts'
import { VERDICTS } from './verdict.ts'

/** How one check of a task ended: what `outcome.checks` has under its name. */
export interface CheckOutcome<Failure = Error> {
  readonly status: CheckStatus
  /** Of a completed one. */
  readonly verdict?: VerdictName
  /** The first issue's reason. */
  readonly reason?: string
  readonly issues?: readonly Issue[]
  readonly value?: unknown
  /** Of one without a verdict that was not skipped. */
  readonly error?: Failure
  /** Of a skipped one: the check because of which it did not run. */
  readonly by?: string
  /** Executions that were charged to it; 0 if it never started. */
  readonly attempts: number
  /** The last execution's time, ms; cheap ones carry that of one in a few. */
  readonly durationMs: number
  /** How long that waited for permits of limits, which is not in `durationMs`; absent when it did not. */
  readonly waitMs?: number
}

/** A task's checks as columns and details have them. */
export interface ChecksOfTask<Failure> {
  readonly terms: readonly CheckTerms[]
  readonly codes: ArrayLike<number>
  readonly durations: ArrayLike<number>
  /** Where the task's checks begin in both. */
  readonly from: number
  readonly details: readonly CheckDetail[]
  /** Says no more than this: the one check that has something to say. */
  readonly reason?: { readonly check: number; readonly reason: string } | undefined
  /** Of those that ended without a verdict, and have no error of their own. */
  readonly error: Failure | undefined
  readonly decode: (error: EncodedError) => Failure
  /** Of checks that have not said how often they were executed; else that is once. */
  readonly attempts?: number | undefined
}

/** The checks of a task by name, in the order of the chain. */
export function checkOutcomes<Failure>(
  task: ChecksOfTask<Failure>,
): readonly (readonly [string, CheckOutcome<Failure>])[] {
  const { terms } = task
  const outcomes: (readonly [string, CheckOutcome<Failure>])[] = []
  for (let place = 0; place < terms.length; place++) outcomes[place] = [terms[place]!.name, outcomeOf(task, place)]
  return outcomes
}

function outcomeOf<Failure>(task: ChecksOfTask<Failure>, place: number): CheckOutcome<Failure> {
  const code = task.codes[task.from + place]!
  const status = statusOfCheck(code)
  const detail = detailOf(task.details, place)
  const error = detail?.error === undefined ? task.error : task.decode(detail.error)
  return {
    status: STATUSES[status]!,
    ...(status === COMPLETED ? { verdict: VERDICTS[verdictOfCheck(code)]! } : {}),
    ...answerOf(task, place, detail),
    ...(status === COMPLETED || code === CHECK_SKIPPED || error === undefined ? {} : { error }),
    ...(code === CHECK_SKIPPED ? { by: task.terms[stoppedBy(task, place)]!.name } : {}),
    attempts: attemptsOf(task, code, detail),
    durationMs: task.durations[task.from + place]!,
    ...(detail?.waitMs === undefined ? {} : { waitMs: detail.waitMs }),
  }
}

function answerOf<Failure>(
  { reason }: ChecksOfTask<Failure>,
  place: number,
  detail: CheckDetail | undefined,
): Pick<CheckOutcome, 'reason' | 'issues' | 'value'> {
  if (reason?.check === place) return { reason: reason.reason, issues: [{ reason: reason.reason }] }
  const { issues, value } = detail ?? {}
  return {
    ...(issues === undefined ? {} : { reason: issues[0]!.reason, issues }),
    ...(value === undefined ? {} : { value }),
  }
}

function detailOf(details: readonly CheckDetail[], place: number): CheckDetail | undefined {
  for (let i = 0; i < details.length; i++) if (details[i]!.check === place) return details[i]
  return undefined
}

/** The check because of which a skipped one did not run; that may have been several others on. */
function stoppedBy<Failure>(task: ChecksOfTask<Failure>, place: number): number {
  const { after } = task.terms[place]!
  for (let i = 0; i < after.length; i++) {
    const before = after[i]!
    const code = task.codes[task.from + before]!
    if (code === CHECK_SKIPPED) return stoppedBy(task, before)
    if (!task.terms[before]!.goesOn[code]!) return before
  }
  return after[0] ?? place
}

/** Executions of a task: as many as its most attempted check has had. */
export function attemptsOfTask<Failure>(task: ChecksOfTask<Failure>): number {
  const { codes, from, terms, details } = task
  let most = 0
  for (let place = 0; place < terms.length; place++) {
    const code = codes[from + place]!
    most = Math.max(most, attemptsOf(task, code, detailOf(details, place)))
  }
  return most
}

function attemptsOf<Failure>(task: ChecksOfTask<Failure>, code: number, detail: CheckDetail | undefined): number {
  if (detail?.attempts !== undefined) return detail.attempts
  if (code === CHECK_SKIPPED || code === CHECK_ABORTED) return 0
  return detail === undefined ? (task.attempts ?? 1) : 1
}
