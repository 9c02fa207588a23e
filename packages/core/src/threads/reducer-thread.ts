import { Worker } from 'node:worker_threads'
import {
  FanfoldError,
  REDUCER_CALLS,
  REDUCER_CELLS,
  REDUCER_TASK,
  decodeError,
  reducerThread,
  withoutStop,
} from '@fanfold/workers/protocol'
import type { FromReducer, PartAccumulators, ReducerStart, ToReducer, UnfoldedTasks } from '@fanfold/workers/protocol'
import type { ResolvedReduction } from '../options/reduce-options.ts'
import { Deadline } from './deadline.ts'
import { Ticker } from './ticker.ts'
import { KILL_MS } from './waiting.ts'

/** So many messages are on their way at most: what it has not got to is held. */
const MOST_SENT = 8

/**
 * The main thread's side of a reducer's own thread. What goes wrong there is told once, and after it nothing is done any
 * more. It is held to its deadlines as lanes are.
 */
export class ReducerThread {
  readonly #reducer: ResolvedReduction
  readonly #cells = new Int32Array(new SharedArrayBuffer(REDUCER_CELLS * Int32Array.BYTES_PER_ELEMENT))
  readonly #worker: Worker
  readonly #onFailed: (error: Error) => void
  readonly #deadline: Deadline
  #isLoaded = false
  /** Messages that were sent, and are not done. */
  #sent = 0
  /** What it folds now, or will when it has combined what came before. */
  #folding: UnfoldedTasks['tasks'] = []
  #result: { readonly value: unknown } | undefined
  /** Why nothing more is done. */
  failure: Error | undefined
  /** Nothing more is wanted of it. */
  #isOver = false
  #wake: (() => void) | undefined
  readonly exited: Promise<void>

  /** @param onFailed - called once, and not before this has returned */
  constructor(reducer: ResolvedReduction, onFailed: (error: Error) => void) {
    this.#reducer = reducer
    this.#onFailed = onFailed
    const signature = (): string | undefined => (this.#isLoaded ? `${this.#load(REDUCER_CALLS)}` : undefined)
    this.#deadline = new Deadline(new Ticker(), signature, () => this.#overdue())
    const { url, config } = reducer
    const start: ReducerStart = { url, config, cells: this.#cells.buffer }
    this.#worker = new Worker(reducerThread, { workerData: start, name: 'fanfold-reducer' })
    this.#worker.on('message', (message: FromReducer) => this.#heard(message)) // its only sender is ours
    this.#worker.on('error', (cause) => this.#died(cause))
    this.exited = new Promise((resolve) => {
      this.#worker.on('exit', (code) => {
        this.#died(new FanfoldError('FANFOLD_THREAD_DIED', `it exited with code ${code}`))
        resolve()
      })
    })
    this.#deadline.begin(reducer.startTimeoutMs)
  }

  /** Combines these behind what was there. Resolves when more may be sent. */
  async combine({ ends, bytes }: PartAccumulators): Promise<void> {
    const { buffer } = bytes
    const isAll = buffer instanceof ArrayBuffer && bytes.length === buffer.byteLength
    this.#send({ type: 'combine', ends, bytes }, isAll ? [buffer] : [])
    await this.#until(() => this.#sent < MOST_SENT)
  }

  /** Folds these behind what was there. Resolves when that is done: their records may be in memory that is used again. */
  async fold(unfolded: UnfoldedTasks): Promise<void> {
    this.#folding = unfolded.tasks
    this.#send({ type: 'fold', ...unfolded })
    await this.#until(() => this.#sent === 0)
  }

  /** What has come of it all; nothing can be added any more. @throws {Error} why there is nothing */
  async result(): Promise<unknown> {
    this.#send({ type: 'tell' })
    await this.#until(() => this.#result !== undefined)
    if (this.#result === undefined) throw this.failure!
    return this.#result.value
  }

  /** It is given up. */
  fail(error: Error): void {
    if (this.#isOver) return
    this.#isOver = true
    this.failure = error
    this.#deadline.rest()
    this.#wake?.()
    void this.#worker.terminate()
    queueMicrotask(() => this.#onFailed(error))
  }

  /** Ends the thread; one that is in native code is not waited for long. */
  async end(): Promise<void> {
    this.#isOver = true
    this.#deadline.rest()
    void this.#worker.terminate()
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, KILL_MS)
    })
    await Promise.race([this.exited, late])
    clearTimeout(timer)
    this.#worker.unref()
  }

  /** @throws when it cannot be cloned */
  #send(message: ToReducer, moved: readonly ArrayBuffer[] = []): void {
    if (this.#isOver) return
    this.#worker.postMessage(message, [...moved])
    this.#sent++
    if (this.#isLoaded && this.#sent === 1) this.#deadline.begin(this.#reducer.timeoutMs)
  }

  #heard(message: FromReducer): void {
    if (this.#isOver) return
    switch (message.type) {
      case 'loaded':
        this.#isLoaded = true
        if (this.#sent > 0) this.#deadline.begin(this.#reducer.timeoutMs)
        else this.#deadline.rest()
        return
      case 'failed':
        return this.fail(decodeError(message.error))
      case 'result':
        this.#result = message
        break
      case 'done':
        break
    }
    this.#sent--
    if (this.#sent === 0) this.#deadline.rest()
    this.#wake?.()
  }

  #died(cause: Error): void {
    const message = `the thread of the reducer ${this.#reducer.url} died: ${withoutStop(cause.message)}.`
    this.fail(new FanfoldError('FANFOLD_REDUCER_FAILED', message, { cause }))
  }

  #overdue(): void {
    const { url, startTimeoutMs, timeoutMs } = this.#reducer
    if (!this.#isLoaded) {
      const message = `loading the reducer ${url} took longer than ${startTimeoutMs} ms. Raise startTimeoutMs if it is slow, not stuck.`
      return this.fail(new FanfoldError('FANFOLD_REDUCER_LOAD_FAILED', message))
    }
    const task = this.#folding[this.#load(REDUCER_TASK) - 1]
    const what = task === undefined ? 'combine' : `step, for the task with index ${task.index},`
    const message = `${what} of the reducer ${url} took longer than ${timeoutMs} ms. Raise the timeoutMs of reduce() if it is slow, not stuck.`
    this.fail(new FanfoldError('FANFOLD_REDUCER_TIMED_OUT', message))
  }

  /** Pairs with what the thread notes before each call. */
  #load(cell: number): number {
    return Atomics.load(this.#cells, cell)
  }

  async #until(isSo: () => boolean): Promise<void> {
    while (!this.#isOver && !isSo()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }
}
