/**
 * Every message between the coordinator's side and a thread, one interface a message.
 *
 * A thread is driven over one long-lived `MessagePort` (its session) and a small `SharedArrayBuffer` of cells
 * (`cells.ts`). At most two shards are with a thread at a time: one that it runs, and one behind it. Messages on a port keep their order, and what a
 * dying thread had posted still arrives before the port's `close`.
 */
import type { MessagePort } from 'node:worker_threads'
import type { CheckTerms } from './chain-terms.ts'
import type { EncodedError } from './error-codec.ts'
import type { LimitUse } from './limit-use.ts'
import type { LineSettings } from './lines/line-choice.ts'
import type { EarlierChecks, OutcomePart } from './outcome-columns.ts'
import type { ShardPayload } from './shard-payload.ts'
import type { FoldSettings } from './thread/folding/fold-settings.ts'

/** Both sides are always of one version; a session that meets another one ends with an error instead of guessing. */
export const PROTOCOL_VERSION = 4

/** What a session is started with. */
export interface SessionStart {
  readonly version: number
  readonly port: MessagePort
  readonly cells: SharedArrayBuffer
  /** 1-based; what a person sees. */
  readonly thread: number
}

/** What a thread has to know of a limit. */
export interface LimitTerms {
  readonly name: string
  /** A permit is for one start, and goes back after it. */
  readonly hasRate: boolean
  /** A call waits no longer for a permit, ms. */
  readonly queueTimeoutMs: number
}

export type ToThread = LoadVerifier | UnloadVerifier | RunShard | AbortShard | AbortTask | PassedOn | EndSession

/** Import the module and run its setup. Answered by `loaded` or `loadFailed`. */
export interface LoadVerifier {
  readonly type: 'load'
  readonly verifier: number
  readonly url: string
  /** Several modules, each a check of its name, in place of one: a chain of one stage. `url` is that of the first. */
  readonly modules: readonly NamedModule[] | undefined
  readonly config: unknown
  readonly startTimeoutMs: number
  /** As many of its tasks may run at once in this thread, as far as is known: what setup is told. */
  readonly concurrency: number
  /** Names of functions that it may call on the main thread. */
  readonly hostFunctions: readonly string[]
}

/** A module whose verifier is a check of that name. */
export interface NamedModule {
  readonly name: string
  readonly url: string
}

/** Run the verifier's teardown and forget it. Answered by `unloaded`. */
export interface UnloadVerifier {
  readonly type: 'unload'
  readonly verifier: number
  readonly teardownTimeoutMs: number
}

/** Verify these records. Answered by any number of `part`s and then one `ended`. */
export interface RunShard {
  readonly type: 'shard'
  readonly assignment: number
  readonly verifier: number
  readonly payload: ShardPayload
  /** Position within the shard of the payload's first record. */
  readonly base: number
  /** Pairs `from, to` (exclusive) of positions within the shard, ascending: what is to be run. */
  readonly ranges: readonly number[]
  readonly timeoutMs: number
  /** Most tasks of this shard that may be running at once. */
  readonly concurrency: number
  /** How many of these are worth it the thread finds out, beginning with one. */
  readonly isFound: boolean
  readonly attempt: number
  /** The only task on a fresh thread: all the time that passes is its own. */
  readonly alone: boolean
  /** A throw may lead to another attempt: say of each whether it may. */
  readonly mayRetry: boolean
  /** The thread ends the shard early when the values it has posted exceed this; the rest is sent again later. */
  readonly maxValueBytes: number
  /** The cell that is its gate. */
  readonly gate: number
  /** Of a chain: tasks that have been attempted before, ascending by position. */
  readonly earlier?: readonly EarlierChecks[] | undefined
  /** Outcomes are to be lines: their parts have them instead of values. */
  readonly lines?: LineSettings | undefined
  /** Completed outcomes are to be folded: their parts have accumulators. */
  readonly fold?: FoldSettings | undefined
  /** A file (its descriptor) into which the thread mirrors its slots, at the same offsets as in the cells. */
  readonly traceFile?: number | undefined
}

/** Fire the signals of the running tasks; what has not settled after `graceMs` is `aborted` and abandoned. */
export interface AbortShard {
  readonly type: 'abort'
  readonly assignment: number
  readonly reason: EncodedError
  readonly graceMs: number
}

/** As `abort`, for one task: it is not started any more, or its signal fires. Its outcome is posted like any other. */
export interface AbortTask {
  readonly type: 'abortTask'
  readonly assignment: number
  readonly position: number
  readonly reason: EncodedError
  readonly graceMs: number
}

/** What the main thread's side passes on to a thread as it is. */
export type PassedOn = ToLimit | ChannelMessage

/** What is for a thread's part of a limit. */
export type ToLimit = ChangeLimit | GrantPermits | RecallPermits | RefusePermits | UnlockLimit

/** A limit of the engine is new to this thread, or has other terms from now on. */
export interface ChangeLimit {
  readonly type: 'limit'
  readonly terms: LimitTerms
}

/** So many more calls may be under way in this thread; of a limit with a rate, each permit is for one start. */
export interface GrantPermits {
  readonly type: 'grant'
  readonly limit: string
  readonly permits: number
}

/** So many permits are wanted back: those that no call has first, and others before they are used again. */
export interface RecallPermits {
  readonly type: 'recall'
  readonly limit: string
  readonly permits: number
}

/** The calls that wait are refused, and so are others for this time; permits that no call has come back. */
export interface RefusePermits {
  readonly type: 'refuse'
  readonly limit: string
  readonly forMs: number
}

/** Of the calls that wait for this limit with a permit of one of those, the last one gives up: none of them could go on. */
export interface UnlockLimit {
  readonly type: 'unlock'
  readonly limit: string
  readonly among: readonly string[]
}

/** What Comlink says to its other end; in both directions. Nobody else looks into it. */
export interface ChannelMessage {
  readonly type: 'channel'
  readonly message: unknown
}

/** Tear every verifier down and close the session's port. Answered by `sessionEnded`. */
export interface EndSession {
  readonly type: 'end'
  readonly teardownTimeoutMs: number
}

export type FromThread =
  | VerifierLoaded
  | VerifierLoadFailed
  | ShardPart
  | ShardEnded
  | VerifierUnloaded
  | LimitUsed
  | ChannelMessage
  | SessionEnded

export interface VerifierLoaded {
  readonly type: 'loaded'
  readonly verifier: number
  /** When it is a chain. */
  readonly checks: readonly CheckTerms[] | undefined
}

export interface VerifierLoadFailed {
  readonly type: 'loadFailed'
  readonly verifier: number
  readonly error: EncodedError
}

/** Outcomes, streamed while the shard still runs. */
export interface ShardPart {
  readonly type: 'part'
  readonly assignment: number
  readonly part: OutcomePart
}

/**
 * The thread holds nothing of this shard any more. What is neither in a part nor among the suspects was not started
 * and has to be sent again.
 */
export interface ShardEnded {
  readonly type: 'ended'
  readonly assignment: number
  /** The last outcomes: they need no message of their own. */
  readonly part: OutcomePart | undefined
  /** Marks of what was started and is not settled; one of them may have held the event loop: each has to run alone. */
  readonly suspects: readonly number[]
  /** Tasks of this thread that were settled over their head and have not ended yet. */
  readonly abandoned: number
  /** Time in which this shard occupied the thread, ms. */
  readonly busyMs: number
  /** How many tasks of such a shard it would run at once now. */
  readonly atOnce: number
  /** The thread's heap, garbage and buffers included, MB. */
  readonly heapMb: number
  /** What the bytes of the shard came in, given back to be used again. */
  readonly buffer: ArrayBuffer | undefined
}

export interface VerifierUnloaded {
  readonly type: 'unloaded'
  readonly verifier: number
  readonly error: EncodedError | undefined
}

/** What was done with a limit since this was said last. */
export interface LimitUsed {
  readonly type: 'limitUsed'
  readonly limit: string
  readonly use: LimitUse
}

/** The last message of a session that was asked to end. */
export interface SessionEnded {
  readonly type: 'sessionEnded'
  /** Teardowns that threw or took too long. */
  readonly errors: readonly EncodedError[]
}

export type * from './shard-payload.ts'
export type { LimitResults, LimitUse } from './limit-use.ts'
export { ERROR_CODES, FanfoldError } from './fanfold-error.ts'
export type { ErrorCode } from './fanfold-error.ts'
export { decodeError, encodeError } from './error-codec.ts'
export type { EncodedError } from './error-codec.ts'
export * from './outcome-columns.ts'
export * from './cells.ts'
export type { FoldSettings } from './thread/folding/fold-settings.ts'
export { REDUCER_CALLS, REDUCER_CELLS, REDUCER_TASK, reducerThread } from './reducing/messages.ts'
export type { FromReducer, ReducerStart, ToReducer, UnfoldedTasks } from './reducing/messages.ts'
export { deserialisePlain, serialisePlain } from './plain-value.ts'
export { lengthBytesFor, lengthsIn } from './item-lengths.ts'
export type { Lengths } from './item-lengths.ts'
export { BUCKET_COUNT, bucketOf, durationOf } from './duration-buckets.ts'
export { VERDICTS } from './verdict.ts'
export * from './check-ends.ts'
export { attemptsOfTask, checkOutcomes } from './check-outcomes.ts'
export type { CheckOutcome, ChecksOfTask } from './check-outcomes.ts'
export type { CheckTerms } from './chain-terms.ts'
export { withoutStop } from './without-stop.ts'

/** The module that a pool's threads run; what it exports takes a {@link SessionStart}. */
export const threadEntry: URL = new URL('./thread/pool-entry.cjs', import.meta.url)
