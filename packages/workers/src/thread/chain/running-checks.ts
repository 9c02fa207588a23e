import { CHECK_ABORTED, CHECK_ERRORED, checkCode } from '../../check-ends.ts'
import { NO_VERDICT, TIMED_OUT } from '../../outcome-columns.ts'
import type { FailedCheck } from '../../outcome-columns.ts'
import { retryAfterOf } from '../../overload.ts'
import type { RunShard } from '../../protocol.ts'
import { toVerdict } from '../../verdict.ts'
import type { LoadedCheck } from '../loaded-verifier.ts'
import type { Age, PendingTask, TaskEnds } from '../pending-tasks.ts'
import { failureOf, isAbortError } from '../task-answers.ts'
import { badVerdict } from '../task-errors.ts'
import type { ChainTask } from './chain-task.ts'

/** What the runner of a chain has to hear of. */
export interface RunningListener {
  /** A check of the task has ended: it may be able to go on. */
  ended(task: ChainTask): void
  /** A check of it was left behind, and none of the others runs: its signal fires next. */
  leftBehind(task: ChainTask): void
  /** A check of it has to run alone. */
  suspected(task: ChainTask): void
}

/** Notes of checks that have returned promises how these settle, or that they were left behind. */
export class RunningChecks implements TaskEnds {
  readonly #message: RunShard
  readonly #listener: RunningListener
  readonly #checks = new Map<PendingTask, { readonly task: ChainTask; readonly check: LoadedCheck }>()

  constructor(message: RunShard, listener: RunningListener) {
    this.#message = message
    this.#listener = listener
  }

  add(pending: PendingTask, task: ChainTask, check: LoadedCheck): void {
    this.#checks.set(pending, { task, check })
  }

  answered(pending: PendingTask, value: unknown, { wallMs }: Age): void {
    const { task, check } = this.#checks.get(pending)!
    const { waitedMs } = pending.context
    const verdict = toVerdict(value)
    if (verdict === undefined)
      task.progress.unsuccessful(check.place, CHECK_ERRORED, badVerdict(value), wallMs, waitedMs)
    else task.progress.completed(check.place, verdict, wallMs, waitedMs)
    this.#ended(pending, task)
  }

  hostile(pending: PendingTask, error: unknown, age: Age): void {
    this.#failed(pending, CHECK_ERRORED, error, age)
  }

  rejected(pending: PendingTask, error: unknown, age: Age): void {
    const { task, check } = this.#checks.get(pending)!
    const abortedBy = task.open?.abortedBy
    const wasAborted = abortedBy !== undefined && (error === abortedBy.error || isAbortError(error))
    if (wasAborted) this.#failed(pending, CHECK_ABORTED, error, age)
    else this.#failed(pending, CHECK_ERRORED, error, age, this.failureOf(check, task, error))
  }

  over(pending: PendingTask, status: number, error: Error, age: Age): void {
    const failed = status === TIMED_OUT ? ({ failure: 'timeout' } as const) : undefined
    const { task } = this.#checks.get(pending)!
    this.#failed(pending, checkCode(status, NO_VERDICT), error, age, failed)
    if (![...this.#checks.values()].some((running) => running.task === task)) this.#listener.leftBehind(task)
  }

  suspected(pending: PendingTask): void {
    this.#listener.suspected(this.#checks.get(pending)!.task)
    this.#checks.delete(pending)
  }

  /** Whether another attempt of the check may end differently after it threw this. */
  failureOf({ place, verifier }: LoadedCheck, task: ChainTask, error: unknown): Omit<FailedCheck, 'check'> | undefined {
    if (!this.#message.mayRetry) return undefined
    const failure = failureOf(verifier, error, { attempt: task.attemptOf(place), index: task.place.index })
    return failure === undefined ? undefined : { failure, retryAfterMs: retryAfterOf(error) }
  }

  #failed(pending: PendingTask, code: number, error: unknown, age: Age, failed?: Omit<FailedCheck, 'check'>): void {
    const { task, check } = this.#checks.get(pending)!
    task.progress.unsuccessful(check.place, code, error, age.wallMs, pending.context.waitedMs, failed)
    this.#ended(pending, task)
  }

  #ended(pending: PendingTask, task: ChainTask): void {
    this.#checks.delete(pending)
    this.#listener.ended(task)
  }
}
