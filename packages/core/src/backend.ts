import type { LineSettings } from '@fanfold/workers/lines'
import type {
  EarlierChecks,
  FoldSettings,
  NamedModule,
  OutcomePart,
  PassedOn,
  ShardPayload,
} from '@fanfold/workers/protocol'
import type { Dispatch } from './coordinator/commands.ts'
import type {
  AssignmentEnded,
  AssignmentId,
  AssignmentStopped,
  LaneDied,
  LaneId,
  LaneOverdue,
  LimitUsed,
  PartArrived,
  Unsendable,
  VerifierId,
  VerifierLoaded,
} from './coordinator/events.ts'

/** A verifier module as a backend loads it. */
export interface VerifierSpec {
  readonly id: VerifierId
  readonly url: string
  /** Several modules, each a check of its name; `url` is that of the first. */
  readonly modules: readonly NamedModule[] | undefined
  readonly config: unknown
  readonly startTimeoutMs: number
  readonly teardownTimeoutMs: number
  /** Names of functions that it may call on the main thread. */
  readonly hostFunctions: readonly string[]
}

/** One assignment with its records. */
export interface Work extends Omit<Dispatch, 'type' | 'run' | 'shard' | 'charged'> {
  /** Records from position `base` on, at least as far as the last range goes. */
  readonly payload: ShardPayload
  readonly transfer: readonly ArrayBuffer[]
  readonly base: number
  /** Of a chain: tasks of these that have been attempted before. */
  readonly earlier?: readonly EarlierChecks[] | undefined
  /** Outcomes are to come as lines. */
  readonly lines?: LineSettings | undefined
  /** Completed outcomes are to come folded. */
  readonly fold?: FoldSettings | undefined
}

/** The facts that a backend reports; each is an event of the coordinator. */
export type BackendEvent =
  | { readonly type: 'laneOpened'; readonly lane: LaneId }
  | VerifierLoaded
  | { readonly type: 'verifierFailed'; readonly lane: LaneId; readonly verifier: VerifierId; readonly error: Error }
  | { readonly type: 'verifierUnloaded'; readonly lane: LaneId; readonly verifier: VerifierId }
  | (PartArrived & { readonly batch: OutcomePart })
  | AssignmentEnded
  | AssignmentStopped
  | Unsendable
  | LaneOverdue
  | LimitUsed
  | LaneDied
  | { readonly type: 'laneExited'; readonly lane: LaneId }

export interface BackendListener {
  event(event: BackendEvent): void
  /** A teardown failed, which costs no task anything; of which verifier is not known when a whole thread is ended. */
  warning(error: Error, verifier: VerifierId | undefined): void
  /** What a lane's thread says over its channel to the main thread. */
  channel(lane: LaneId, message: unknown): void
}

/** What a lane does at this moment, for a person to look at. */
export interface LaneSnapshot {
  readonly lane: LaneId
  readonly assignment: AssignmentId | undefined
  /** A position that is running. */
  readonly position: number | undefined
  /** Since the assignment was sent. */
  readonly busyMs: number
  /** Tasks that are running. */
  readonly running: number
}

/**
 * Where verifiers run: the one port through which the coordinator's commands are carried out. A backend decides
 * nothing. It reports, for each lane and in this order: `laneOpened`; for each load one answer; for each `run` any
 * number of `part`s and one end (`assignmentEnded`, `unsendable`), or `overdue`; for a `stop` perhaps `stopped`. An
 * assignment that is given before the last one has ended waits behind it. After a kill, a retirement or a death
 * everything that had been posted, and then one `laneDied`.
 */
export interface Backend {
  /** How many lanes it has; they are numbered from 0. */
  readonly lanes: number
  /** How many assignments a lane takes at once: one that runs, and one behind it. */
  readonly assignmentsPerLane: 1 | 2
  /** Starts a fresh thread (or what stands for one). */
  open(lane: LaneId): void
  /** @param concurrency - what its setup is told */
  load(lane: LaneId, verifier: VerifierSpec, concurrency: number): void
  unload(lane: LaneId, verifier: VerifierSpec): void
  run(work: Work): void
  /** See the coordinator's commands. */
  stop(lane: LaneId, assignment: AssignmentId): void
  abort(lane: LaneId, assignment: AssignmentId, reason: Error): void
  abortTask(lane: LaneId, assignment: AssignmentId, position: number, reason: unknown): void
  /** Passes a message on to the lane's thread, if it has one. @throws when it cannot be cloned */
  passOn(lane: LaneId, message: PassedOn): void
  kill(lane: LaneId): void
  retire(lane: LaneId): void
  snapshot(): readonly LaneSnapshot[]
  /**
   * Ends every lane through its teardowns; nothing is reported any more. Resolves with the lanes that could not be
   * ended, never later than the longest teardown's timeout and two seconds.
   */
  close(): Promise<readonly LaneId[]>
}
