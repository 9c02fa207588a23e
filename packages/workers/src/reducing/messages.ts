/** Every message between the main thread and a reducer's own thread, one interface a message. */
import type { EncodedError } from '../error-codec.ts'
import type { PartAccumulators } from '../outcome-columns.ts'
import type { FoldedTask } from '../reducer.ts'
import type { ShardPayload } from '../shard-payload.ts'
import type { FoldSettings } from '../thread/folding/fold-settings.ts'

/** What the thread is started with, as its `workerData`. */
export interface ReducerStart extends Pick<FoldSettings, 'url' | 'config'> {
  /** {@link REDUCER_CELLS} of int32, by which the main thread sees what it does while it is blocked. */
  readonly cells: SharedArrayBuffer
}

/** Counts the calls of the reducer's functions. */
export const REDUCER_CALLS = 0
/** 1 + which of the tasks of a {@link FoldTasks} it is about; 0: none, it combines. */
export const REDUCER_TASK = 1
export const REDUCER_CELLS = 2

export type ToReducer = CombineAccumulators | FoldTasks | TellResult

/** Combine these, in their order, behind what was there. Answered by `done`. */
export interface CombineAccumulators extends Pick<PartAccumulators, 'ends' | 'bytes'> {
  readonly type: 'combine'
}

/** Fold these, in their order, behind what was there: no thread has. Answered by `done`. */
export interface FoldTasks extends UnfoldedTasks {
  readonly type: 'fold'
}

export interface UnfoldedTasks {
  readonly tasks: readonly Omit<FoldedTask, 'item'>[]
  readonly records: ShardPayload
  /** Of the tasks: where in the payload their records are. */
  readonly ordinals: readonly number[]
}

/** Answered by `result`; the last message. */
interface TellResult {
  readonly type: 'tell'
}

export type FromReducer =
  | { readonly type: 'loaded' }
  | { readonly type: 'done' }
  | { readonly type: 'result'; readonly value: unknown }
  /** Nothing more is done. */
  | { readonly type: 'failed'; readonly error: EncodedError }

/** The module that the thread runs. */
export const reducerThread: URL = new URL('./reducing-entry.cjs', import.meta.url)
