import { FanfoldError } from '../errors.ts'
import type { VerifierId } from '../coordinator/events.ts'
import type { Conductor } from '../run/conductor.ts'
import type { Answer } from '../run/request-queue.ts'
import { RequestsRun, closedError } from '../run/requests-run.ts'
import { checkOptions } from '../options/check-options.ts'
import { nestedRun } from './nested-run.ts'
import type { ResolvedCheck } from './resolve-options.ts'

/** Options of one request. */
export interface RequestOptions {
  /** Gives the request up: `check` rejects with its reason at once. */
  readonly signal?: AbortSignal
}

/** The single requests of one loaded verifier. Their run begins with the first one, and anew when it had to be stopped. */
export class Requests {
  readonly #conductor: Conductor
  readonly #verifier: VerifierId
  readonly #options: ResolvedCheck
  #run: RequestsRun | undefined
  /** Makes the error for which nothing is accepted any more. */
  #whyClosed: (() => FanfoldError) | undefined

  constructor(conductor: Conductor, verifier: VerifierId, options: ResolvedCheck) {
    this.#conductor = conductor
    this.#verifier = verifier
    this.#options = options
  }

  check(item: unknown, options: RequestOptions | undefined): Promise<Answer> {
    if (this.#conductor.hostChannels.areCalling) return Promise.reject(nestedRun())
    let signal: AbortSignal | undefined
    if (options !== undefined) {
      try {
        signal = signalOf(options)
      } catch (error) {
        return Promise.reject(error)
      }
      if (signal?.aborted === true) return Promise.reject(signal.reason)
    }
    if (this.#whyClosed !== undefined) return Promise.reject(this.#whyClosed())
    if (this.#run === undefined || this.#run.failure !== undefined) this.#begin()
    return this.#run!.check(item, signal)
  }

  #begin(): void {
    this.#run = new RequestsRun(this.#conductor, this.#verifier, this.#options, this.#run?.nextIndex ?? 0)
    this.#run.begin()
  }

  /** Accepts no more; those that were accepted come to their end. */
  close(): void {
    this.#whyClosed ??= closedError
    this.#run?.close()
  }

  /** Accepts no more, and gives up what there is. @returns when nothing of it runs any more */
  async cancel(): Promise<void> {
    this.#whyClosed ??= engineClosed
    if (this.#run === undefined || this.#run.failure !== undefined) return
    this.#run.cancel(engineClosed())
    await this.#run.over
  }
}

function signalOf(options: RequestOptions): AbortSignal | undefined {
  checkOptions('check()', options, ['signal'])
  const { signal } = options
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new FanfoldError('FANFOLD_BAD_OPTION', `signal is ${String(signal)}: use the signal of an AbortController.`)
  }
  return signal
}

function engineClosed(): FanfoldError {
  return new FanfoldError('FANFOLD_ENGINE_CLOSED', 'the engine was closed before there was an outcome.')
}
