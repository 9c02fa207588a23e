import type { CheckTerms, FailedCheck, FanfoldError, LimitUse, Positions } from '@fanfold/workers/protocol'
import type { Concurrency, Order } from '../options.ts'
import type { LimitSettings } from '../policy/limits/limit-settings.ts'
import type { Failure, RetryPolicy } from '../policy/retry.ts'
import type { Tolerance } from '../policy/tolerance.ts'
import type { Ranges } from './position-set.ts'

export type LaneId = number
export type RunId = number
export type VerifierId = number
/** Counts up within a run, in the order of the source. */
export type ShardId = number
/** One dispatch of one piece to one lane; never used again. */
export type AssignmentId = number
/** As the application calls it. */
export type LimitName = string

/** What happened. The coordinator is told nothing else, and by nobody else. */
export type Event =
  // Lanes: what the backend says
  | { readonly type: 'laneOpened'; readonly lane: LaneId }
  | VerifierLoaded
  | { readonly type: 'verifierFailed'; readonly lane: LaneId; readonly verifier: VerifierId; readonly error: Error }
  | { readonly type: 'verifierUnloaded'; readonly lane: LaneId; readonly verifier: VerifierId }
  | PartArrived
  | AssignmentEnded
  | AssignmentStopped
  | Unsendable
  | LaneOverdue
  | LaneDied
  /** A thread that had been given up as stuck has exited after all. */
  | { readonly type: 'laneExited'; readonly lane: LaneId }
  // Runs: what the application and its sources say
  /** `concurrency`: that of its runs, as far as is known; by default what they have by default. */
  | { readonly type: 'verifierAdded'; readonly verifier: VerifierId; readonly concurrency?: Concurrency }
  | { readonly type: 'verifierRemoved'; readonly verifier: VerifierId }
  | RunAdded
  | ShardRead
  | { readonly type: 'sourceEnded'; readonly run: RunId }
  | { readonly type: 'sourceFailed'; readonly run: RunId; readonly error: Error }
  | Delivered
  /** The wait of tasks that are to be tried again is over. */
  | { readonly type: 'retryDue'; readonly run: RunId; readonly shard: ShardId; readonly ranges: Ranges }
  /** The time is over after which a lane that has nothing to do is given some of what others have. */
  | { readonly type: 'shareDue' }
  | { readonly type: 'cancelRequested'; readonly run: RunId; readonly reason: Error; readonly how: CutShort }
  /** So many items wait in a source that does not read ahead; 0 in answer to a `read`, when they have gone meanwhile. */
  | { readonly type: 'gathered'; readonly run: RunId; readonly tasks: number }
  | TaskWithdrawn
  // Limits: what threads say, and what the application does
  | LimitUsed
  /** The time is over after which a limit may be used again. */
  | { readonly type: 'limitDue'; readonly limit: LimitName }
  /** The time is over after which limits that seemed to be locked are looked at again. */
  | { readonly type: 'deadlockDue' }
  | { readonly type: 'limitUpdated'; readonly limit: LimitName; readonly settings: LimitSettings }
  | RunUpdated
  /** Something outside broke that the run cannot do without: its journal. */
  | { readonly type: 'runBroken'; readonly run: RunId; readonly error: Error }

/** A lane has set a verifier up. */
export interface VerifierLoaded {
  readonly type: 'verifierLoaded'
  readonly lane: LaneId
  readonly verifier: VerifierId
  /** When it is a chain: the same whichever lane tells. */
  readonly checks?: readonly CheckTerms[] | undefined
}

/** The application has thought better of it: other settings hold from now on. */
export interface RunUpdated extends Partial<Pick<RunSettings, 'concurrency' | 'tolerance'>> {
  readonly type: 'runUpdated'
  readonly run: RunId
}

/** What a lane's thread has done with a limit since it last said so, and how it stands with it now. */
export interface LimitUsed extends LimitUse {
  readonly type: 'limitUsed'
  readonly lane: LaneId
  readonly limit: LimitName
}

/** `soon`: nothing more is started, and what runs comes to its own end. `now`: what runs is told to end, too. */
export type CutShort = 'soon' | 'now'

/** Outcomes came from a lane. `batch` is passed on and never looked into. */
export interface PartArrived {
  readonly type: 'part'
  readonly lane: LaneId
  readonly assignment: AssignmentId
  readonly positions: Positions
  readonly batch: unknown
  /** Those of its outcomes that are no verdict. */
  readonly unsuccessful: readonly Unsuccessful[]
  /** What the batch keeps in memory beyond its columns, bytes. */
  readonly valueBytes: number
}

export interface Unsuccessful {
  readonly position: number
  /** For which it may be tried again; `undefined`: it would be the same again. */
  readonly failure: Exclude<Failure, 'death'> | undefined
  /** Another attempt waits at least so long. */
  readonly retryAfterMs?: number | undefined
  /** Of a chain: those of its checks that may be tried again; then there is no `failure`. */
  readonly checks?: readonly FailedCheck[] | undefined
}

/** The lane holds nothing of the assignment any more, and is free. */
export interface AssignmentEnded {
  readonly type: 'assignmentEnded'
  readonly lane: LaneId
  readonly assignment: AssignmentId
  /** Marks (see {@link LaneOverdue}) of what has started, is unsettled, and perhaps to blame: each task has to run alone. */
  readonly suspects: readonly number[]
  /** Tasks of this lane that have not ended although they are settled. */
  readonly abandoned: number
  /** How long it occupied the lane, ms. */
  readonly busyMs: number
  /** How many of such tasks its thread would run at once now. */
  readonly atOnce: number
  /** How large the thread's heap is, MB. */
  readonly heapMb: number
}

/**
 * In answer to a `stop`: no position from `from` on was started, or will be. There is no such answer if the assignment has
 * ended, or its thread has died, before the lane heard of it.
 */
export interface AssignmentStopped {
  readonly type: 'stopped'
  readonly lane: LaneId
  readonly assignment: AssignmentId
  readonly from: number
}

/** Some items of an assignment could not be sent; nothing of it was. */
export interface Unsendable {
  readonly type: 'unsendable'
  readonly lane: LaneId
  readonly assignment: AssignmentId
  readonly failures: readonly { readonly position: number; readonly error: Error }[]
}

/** The lane's event loop has stood still for the timeout of the run (or, after an abort, for its grace). */
export interface LaneOverdue {
  readonly type: 'overdue'
  readonly lane: LaneId
  readonly assignment: AssignmentId
  /** Marks of what was running: positions; of a chain, for each check how many checks are before it in the shard. */
  readonly running: readonly number[]
  /** Nothing else, not even an abandoned task, can have blocked the lane: the one that runs is late. */
  readonly certain: boolean
}

/** The lane's thread is gone, or could not be ended; all that it had posted was told before. */
export interface LaneDied {
  readonly type: 'laneDied'
  readonly lane: LaneId
  /** Marks of what was running at the end, by the cells. */
  readonly running: readonly number[]
  /** For how long at least, ms, where that was seen. */
  readonly runningMs?: number
  readonly error: Error
  /** It could not be ended: its core is occupied until `laneExited`. */
  readonly stuck: boolean
}

export interface RunAdded {
  readonly type: 'runAdded'
  readonly run: RunId
  readonly verifier: VerifierId
  readonly options: RunSettings
  /** What the source holds, where that is known before it is read. */
  readonly remainingTasks: number | undefined
  readonly remainingBytes: number | undefined
}

/** A shard was read, in answer to a `read`. */
export interface ShardRead {
  readonly type: 'shardRead'
  readonly run: RunId
  readonly tasks: number
  readonly bytes: number
  /** Passed on with `keepShard` and never looked into. */
  readonly records: unknown
  /** Its only task could not be read. */
  readonly unreadable: FanfoldError | undefined
  /** What the source still holds, where it is known. */
  readonly remainingTasks: number | undefined
  readonly remainingBytes: number | undefined
  /** So many items still wait in a source that does not read ahead, as in `gathered`; 0 for any other. */
  readonly gathered: number
}

/** The consumer has taken outcomes. */
export interface Delivered {
  readonly type: 'delivered'
  readonly run: RunId
  readonly shard: ShardId
  readonly tasks: number
  readonly valueBytes: number
}

/** Nobody waits for the outcome of this task any more: it is not started, or told to end. */
export interface TaskWithdrawn {
  readonly type: 'taskWithdrawn'
  readonly run: RunId
  readonly shard: ShardId
  readonly position: number
  readonly reason: unknown
}

/** A run's options, resolved. */
export interface RunSettings {
  /**
   * Reads before a lane is free, so that none waits. Otherwise only when one is, so that whatever has gathered until then
   * goes together; the source says with `gathered` that there is something.
   */
  readonly readAhead: boolean
  /** Somebody waits for each of its tasks: a batch may be interrupted for them. */
  readonly isUrgent: boolean
  readonly timeoutMs: number
  readonly concurrency: Concurrency
  /** Tasks of a shard; `undefined`: by what they cost. */
  readonly shardSize: number | undefined
  readonly order: Order
  readonly limit: number
  readonly retry: RetryPolicy
  readonly tolerance: Tolerance | undefined
  /** What happens when the tolerance is exceeded while the run goes on. */
  readonly halt: 'never' | CutShort
  /** Of the random waits before retries. */
  readonly seed: number
  /** Tasks that an earlier run has settled: they count, and are not read again. */
  readonly resumed: { readonly tasks: number; readonly unsuccessful: number }
  /** Bounds on what is held. */
  readonly maxHeldTasks: number
  readonly maxHeldBytes: number
}
