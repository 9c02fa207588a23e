/**
 * A reducer's own thread, one for each run that is reduced: combines what the other threads have folded, and folds what
 * they have not. Those are not held up by it, whatever `combine` does.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { encodeError } from '../error-codec.ts'
import { deserialisePlain } from '../plain-value.ts'
import * as atomics from '../thread/atomics.ts'
import { printed, sendStdoutToStderr } from '../thread/console-to-stderr.ts'
import { loadReducer } from '../thread/folding/loaded-reducer.ts'
import type { LoadedReducer } from '../thread/folding/loaded-reducer.ts'
import { readRecords } from '../thread/read-records.ts'
import { Combining } from './combining.ts'
import { REDUCER_CALLS, REDUCER_TASK } from './messages.ts'
import type { CombineAccumulators, FoldTasks, FromReducer, ReducerStart, ToReducer } from './messages.ts'

/** How long what was printed may take to be taken over, ms. */
const PRINT_MS = 2000

const port = parentPort! // this is a thread
const start = workerData as ReducerStart // its only starter is ours
const cells = new Int32Array(start.cells)
let hasFailed = false

class Reducing {
  readonly #reducer: LoadedReducer
  readonly #combining: Combining

  constructor(reducer: LoadedReducer) {
    this.#reducer = reducer
    this.#combining = new Combining((left, right) => {
      noteCall(0)
      return reducer.combine(left, right)
    })
  }

  combine({ ends, bytes }: CombineAccumulators): void {
    for (const [i, end] of ends.entries())
      this.#combining.add(deserialisePlain(bytes.subarray(i === 0 ? 0 : ends[i - 1], end)))
  }

  fold({ tasks, records: payload, ordinals }: FoldTasks): void {
    const records = readRecords(payload)
    let accumulator = this.#init()
    for (const [i, task] of tasks.entries()) {
      const item = records.item(ordinals[i]!) // one for each task
      noteCall(i + 1)
      accumulator = this.#reducer.step(accumulator, { ...task, item })
    }
    this.#combining.add(accumulator)
  }

  #init(): unknown {
    noteCall(0)
    return this.#reducer.init()
  }

  async tell(): Promise<void> {
    const value = this.#combining.total() ?? this.#init()
    await allPrinted()
    try {
      post({ type: 'result', value })
    } catch (cause) {
      throw this.#reducer.notCloneable(cause)
    }
  }
}

/** Pairs with the main thread's ticker, which looks for a change. */
function noteCall(task: number): void {
  atomics.store(cells, REDUCER_TASK, task)
  atomics.add(cells, REDUCER_CALLS, 1)
}

/** Of what the reducer has printed: the thread is ended when it has told what there is to tell. */
async function allPrinted(): Promise<void> {
  await Promise.race([printed(), delay(PRINT_MS)])
}

function post(message: FromReducer): void {
  port.postMessage(message)
}

async function handle(reducing: Reducing, message: ToReducer): Promise<void> {
  if (hasFailed) return // what was combined is not all
  try {
    switch (message.type) {
      case 'combine':
        reducing.combine(message)
        break
      case 'fold':
        reducing.fold(message)
        break
      case 'tell':
        return await reducing.tell()
    }
    post({ type: 'done' })
  } catch (error) {
    await fail(error)
  }
}

async function fail(error: unknown): Promise<void> {
  hasFailed = true
  await allPrinted()
  post({ type: 'failed', error: encodeError(error) })
}

sendStdoutToStderr('reducer')
try {
  const reducing = new Reducing(await loadReducer(start))
  post({ type: 'loaded' })
  port.on('message', (message: ToReducer) => void handle(reducing, message))
} catch (error) {
  await fail(error)
}
