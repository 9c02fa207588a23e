import { isA } from '../error-codec.ts'
import { FanfoldError } from '../fanfold-error.ts'
import { ABORTED, ERRORED } from '../outcome-columns.ts'
import type { RunShard } from '../protocol.ts'
import { toVerdict } from '../verdict.ts'
import type { PartWriter } from './part-writer.ts'
import type { PendingTask } from './pending-tasks.ts'
import { badVerdict } from './task-errors.ts'
import type { LoadedVerifier } from './loaded-verifier.ts'

/** Writes down what a task's answer comes to, or what it threw. */
export class TaskAnswers {
  readonly #verifier: LoadedVerifier
  readonly #writer: PartWriter
  readonly #mayRetry: boolean
  readonly #attempt: number

  constructor(verifier: LoadedVerifier, writer: PartWriter, { mayRetry, attempt }: RunShard) {
    this.#verifier = verifier
    this.#writer = writer
    this.#mayRetry = mayRetry
    this.#attempt = attempt
  }

  /** @throws for a hostile answer, which throws when it is looked at; then nothing is written */
  answered(position: number, id: unknown, answer: unknown): void {
    const verdict = toVerdict(answer)
    if (verdict !== undefined) this.#writer.completed(position, verdict, id)
    else this.hostile(position, id, badVerdict(answer))
  }

  /** Whoever made the answer, another attempt makes the same. */
  hostile(position: number, id: unknown, error: unknown): void {
    this.#writer.unsuccessful(position, ERRORED, error, id)
  }

  /** @param index - of the task */
  threw(position: number, index: number, id: unknown, error: unknown): void {
    const failure = isUnreadable(error) ? undefined : this.failureOf(error, index)
    this.#writer.unsuccessful(position, ERRORED, error, id, failure)
  }

  /** A promise was rejected. @param abortReason - why what runs was told to end: then that is how it ended */
  rejected(
    { position, id, context }: PendingTask,
    error: unknown,
    abortReason: { readonly error: Error } | undefined,
  ): void {
    const wasAborted = abortReason !== undefined && (error === abortReason.error || isAbortError(error))
    if (wasAborted) this.#writer.unsuccessful(position, ABORTED, error, id)
    else this.#writer.unsuccessful(position, ERRORED, error, id, this.failureOf(error, context.index))
  }

  /** A record that cannot be read, or an answer that is no verdict, will be the same again; a throw need not be. */
  failureOf(error: unknown, index: number): 'throw' | undefined {
    return this.#mayRetry ? failureOf(this.#verifier, error, { attempt: this.#attempt, index }) : undefined
  }
}

/** Whether another attempt may end differently, which the verifier may know. */
export function failureOf(
  verifier: Pick<LoadedVerifier, 'isRetryable'>,
  error: unknown,
  context: { readonly attempt: number; readonly index: number },
): 'throw' | undefined {
  return verifier.isRetryable(error, context) ? 'throw' : undefined
}

export function isThenable(answer: unknown): answer is PromiseLike<unknown> {
  return typeof answer === 'object' && answer !== null && 'then' in answer && typeof answer.then === 'function'
}

export function isAbortError(thrown: unknown): boolean {
  return isA(Error, thrown) && thrown.name === 'AbortError'
}

/** The record, not the verifier, is why there is no verdict. */
function isUnreadable(thrown: unknown): boolean {
  return isA(FanfoldError, thrown) && thrown.code === 'FANFOLD_RECORD_UNPARSABLE'
}
