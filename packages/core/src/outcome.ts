import type { Issue, VerdictName } from '@fanfold/workers'
import type { CheckOutcome } from '@fanfold/workers/protocol'

/** How a task ended, in the order of the codes in a batch's `statuses` column. */
export type { CheckOutcome, Status } from '@fanfold/workers/protocol'

interface OutcomeBase {
  /** The task's 0-based position in the source. */
  readonly index: number
  /** Text sources: the 1-based line within its file, where the record starts. */
  readonly line?: number
  /** The input as given, when the source has several; of `files`, the file's name. */
  readonly file?: string
  /** What the source's `id` option pointed at. */
  readonly id?: unknown
  /** Executions that were charged to the task; 0 if it never started. */
  readonly attempts: number
  /** The last execution's time in ms; tasks under about 50 µs carry the mean of their group. */
  readonly durationMs: number
  /**
   * Of a chain: how each of its checks ended, by name. Then `status` and `verdict` are the worst of theirs, `reason` or
   * `error` those of the first check that ended so, `attempts` the most of theirs, and `durationMs` is their sum.
   */
  readonly checks?: Readonly<Record<string, CheckOutcome>>
  /** How long the last execution waited for permits of limits, which is not in `durationMs`; absent when it did not. */
  readonly waitMs?: number
}

/** A verdict was reached. */
export interface CompletedOutcome<Value = unknown> extends OutcomeBase {
  readonly status: 'completed'
  readonly verdict: VerdictName
  /** The first issue's reason. */
  readonly reason?: string
  readonly issues?: readonly Issue[]
  readonly value?: Value
}

/** No verdict: the verifier threw or answered no verdict, the record could not be read, time ran out, a thread died. */
export interface UnsuccessfulOutcome extends OutcomeBase {
  readonly status: 'errored' | 'timedOut' | 'crashed'
  readonly error: Error
}

/** Cancelled, or the run halted, before a verdict was reached. */
export interface AbortedOutcome extends OutcomeBase {
  readonly status: 'aborted' | 'skipped'
  readonly error?: Error
}

/** How one task ended. There is exactly one for every task that was read. */
export type Outcome<Value = unknown> = CompletedOutcome<Value> | UnsuccessfulOutcome | AbortedOutcome

/** Of a record that cannot be read: no check was made of it. */
const UNREADABLE: readonly unknown[] = ['FANFOLD_RECORD_UNPARSABLE', 'FANFOLD_RECORD_TOO_LONG']

/** The check of a chain whose error is its task's: the first that ended so. */
export function failedCheckOf({ status, checks = {} }: Outcome): string | undefined {
  const [name, check] = Object.entries(checks).find(([, { status: its }]) => its === status) ?? []
  const error = check?.error
  return error !== undefined && 'code' in error && UNREADABLE.includes(error.code) ? undefined : name
}
