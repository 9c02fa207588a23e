import type { Positions } from '@fanfold/workers/protocol'
import type { AssignmentId, LaneId, LimitName, RunId, ShardId, VerifierId } from './events.ts'
import type { Ranges } from './position-set.ts'

/** What is to be done; done by others, in this order. */
export type Command =
  | { readonly type: 'openLane'; readonly lane: LaneId }
  | {
      readonly type: 'loadVerifier'
      readonly lane: LaneId
      readonly verifier: VerifierId
      /** The lane's share of what may be running of it. */
      readonly concurrency: number
    }
  | { readonly type: 'unloadVerifier'; readonly lane: LaneId; readonly verifier: VerifierId }
  | Dispatch
  /** Start nothing more of it; what runs may come to its end. Answered by `stopped`, or by the assignment's end. */
  | { readonly type: 'stop'; readonly lane: LaneId; readonly assignment: AssignmentId }
  /** Start nothing more of it, fire its signals, and report the lane overdue when it stands still for the grace. */
  | { readonly type: 'abort'; readonly lane: LaneId; readonly assignment: AssignmentId; readonly reason: Error }
  /** As `abort`, for one task of it, and without its lane being overdue for that: its neighbours go on. */
  | AbortTask
  /** End a blocked thread; answered by `laneDied`. */
  | { readonly type: 'killLane'; readonly lane: LaneId }
  /** End a free thread through its teardowns; answered by `laneDied`. */
  | { readonly type: 'retireLane'; readonly lane: LaneId }
  | { readonly type: 'verifierReady'; readonly verifier: VerifierId; readonly failures: readonly Error[] }
  | { readonly type: 'verifierUnusable'; readonly verifier: VerifierId; readonly failures: readonly Error[] }
  | { readonly type: 'verifierGone'; readonly verifier: VerifierId }
  | Read
  /** The shard counts: keep its records until `releaseShard`. */
  | { readonly type: 'keepShard'; readonly run: RunId; readonly shard: ShardId; readonly records: unknown }
  | Deliver
  | Settle
  | KeepChecks
  | SettleCheck
  /** Tell `retryDue` after this time. */
  | {
      readonly type: 'waitForRetry'
      readonly run: RunId
      readonly shard: ShardId
      readonly ranges: Ranges
      readonly delayMs: number
    }
  /** Tell `shareDue` after this time, and not as it was said before. */
  | { readonly type: 'waitToShare'; readonly delayMs: number }
  /** So many more calls of this lane may be under way; of a limit with a rate, each permit is for one start. */
  | { readonly type: 'grant'; readonly lane: LaneId; readonly limit: LimitName; readonly permits: number }
  /** So many permits are wanted back, those that no call has first, and others before they are used again. */
  | { readonly type: 'recall'; readonly lane: LaneId; readonly limit: LimitName; readonly permits: number }
  /** The calls that wait there are refused, and so are others for this time; permits that no call has come back. */
  | { readonly type: 'refuse'; readonly lane: LaneId; readonly limit: LimitName; readonly forMs: number }
  /**
   * A call that waits for this limit there, with a permit of one of those, gives up: all permits of those are held by calls
   * that wait for one another.
   */
  | { readonly type: 'unlock'; readonly lane: LaneId; readonly limit: LimitName; readonly among: readonly LimitName[] }
  /** Tell `deadlockDue` after this time. */
  | { readonly type: 'waitForDeadlock'; readonly delayMs: number }
  /** Tell `limitDue` after this time, and not as it was said of this limit before. */
  | { readonly type: 'waitForLimit'; readonly limit: LimitName; readonly delayMs: number }
  /** Every outcome of the shard is delivered: its records can be let go. */
  | { readonly type: 'releaseShard'; readonly run: RunId; readonly shard: ShardId }
  | EndRun

export interface Dispatch {
  readonly type: 'dispatch'
  readonly lane: LaneId
  readonly assignment: AssignmentId
  readonly run: RunId
  readonly verifier: VerifierId
  readonly shard: ShardId
  readonly ranges: Ranges
  readonly concurrency: number
  /** How many of these are worth it, the thread is to find out. */
  readonly isFound: boolean
  readonly timeoutMs: number
  readonly attempt: number
  readonly alone: boolean
  /** How many checks a task has: 1, unless the verifier is a chain. */
  readonly checks: number
  /** Of a chain: tasks of these some of whose checks were executed before, at their charge. */
  readonly charged: readonly ChargedChecks[]
  /** A throw may lead to another attempt, so the thread has to find out whether it may. */
  readonly mayRetry: boolean
  readonly maxValueBytes: number
}

/** How often the checks of a task were executed at its charge, in the order of the chain. */
export interface ChargedChecks {
  readonly position: number
  readonly attempts: readonly number[]
}

interface AbortTask {
  readonly type: 'abortTask'
  readonly lane: LaneId
  readonly assignment: AssignmentId
  readonly position: number
  readonly reason: unknown
}

/** Read a shard; answered by `shardRead`, `sourceEnded`, `sourceFailed`, or `gathered` with 0. */
export interface Read {
  readonly type: 'read'
  readonly run: RunId
  readonly maxTasks: number
  readonly maxBytes: number
  /** What has gathered is to be divided over so many lanes, unless that would be too little for each. */
  readonly divided?: { readonly lanes: number; readonly minTasks: number }
}

/** These outcomes count. */
export interface Deliver {
  readonly type: 'deliver'
  readonly run: RunId
  readonly shard: ShardId
  readonly batch: unknown
  readonly positions: Positions
  readonly attempts: number
  /** Further attempts among these that each of them has had. */
  readonly retries: number
  /** Ordinals within the batch that count; `undefined`: all. */
  readonly accepted: readonly number[] | undefined
  readonly valueBytes: number
}

/** Of a chain: the task is tried again for some of its checks; what the others came to is kept until it is settled. */
export interface KeepChecks {
  readonly type: 'keepChecks'
  readonly run: RunId
  readonly shard: ShardId
  readonly position: number
  readonly batch: unknown
  readonly positions: Positions
  /** Places of the checks that are tried again. */
  readonly again: readonly number[]
}

/** Of a chain: a check of a task ends without the thread's word, and the task goes on. */
export interface SettleCheck extends Pick<Settle, 'attempts' | 'durationMs' | 'error'> {
  readonly type: 'settleCheck'
  readonly run: RunId
  readonly shard: ShardId
  readonly position: number
  readonly check: number
  readonly status: 'timedOut' | 'crashed'
}

/** These tasks end without the thread's word. */
export interface Settle {
  readonly type: 'settle'
  readonly run: RunId
  readonly shard: ShardId
  readonly ranges: Ranges
  readonly status: 'errored' | 'timedOut' | 'crashed' | 'aborted'
  readonly attempts: number
  /** Further attempts among these. */
  readonly retries: number
  /** How long the last attempt ran; 0 when it never did. */
  readonly durationMs: number
  readonly error: Error
}

/** The run has ended: every task that was read is settled, and every one of them was told. */
export interface EndRun {
  readonly type: 'endRun'
  readonly run: RunId
  readonly end: RunEnd
  readonly sourceExhausted: boolean
  readonly threadsReplaced: number
  /** Further attempts that were made. */
  readonly retries: number
}

/** Why it ended. */
export type RunEnd = { readonly how: 'finished' } | BadEnd

export type BadEnd =
  | { readonly how: 'cancelled'; readonly error: Error }
  /** The source broke, the tolerance was exceeded, or no lane was left that could run the verifier. */
  | { readonly how: 'failed'; readonly error: Error }
