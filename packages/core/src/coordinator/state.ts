import type { CheckTerms } from '@fanfold/workers/protocol'
import type { BadEnd, Command, RunEnd } from './commands.ts'
import type { AssignmentId, CutShort, LaneId, LimitName, RunId, RunSettings, ShardId, VerifierId } from './events.ts'
import { PositionSet } from './position-set.ts'
import type { Ranges } from './position-set.ts'
import type { Concurrency } from '../options.ts'
import { CLOSED } from '../policy/circuit-breaker.ts'
import type { CircuitBreaker } from '../policy/circuit-breaker.ts'
import type { LimitCounts } from '../options/limit-options.ts'
import type { AdaptiveLimit } from '../policy/limits/adaptive-limit.ts'
import type { LimitBreaker } from '../policy/limits/limit-breaker.ts'
import type { LimitSettings } from '../policy/limits/limit-settings.ts'
import type { StartWindow } from '../policy/limits/start-window.ts'
import { seededRandom } from '../policy/random.ts'
import type { Recycling } from '../policy/recycling.ts'
import { NO_CHARGES } from '../policy/retry.ts'
import type { Charges } from '../policy/retry.ts'
import { newCost } from '../policy/shard-size.ts'
import type { CostEstimate } from '../policy/shard-size.ts'

/** Tasks of one shard that are to be run, in one go. The same number of executions is charged to each of them. */
export interface Piece {
  readonly shard: ShardId
  readonly ranges: Ranges
  /** A suspect: it runs as the only task on a freshly started thread. */
  readonly alone: boolean
  /** Deaths of threads that led to this piece, and are explained if it turns out to hold the culprit. */
  readonly deaths: number
  /** A further attempt after a failure, which has not been made. */
  readonly isRetry: boolean
}

export interface Assignment {
  readonly id: AssignmentId
  readonly run: RunId
  /** Less than it was sent with, when what was not started of it was given back. */
  piece: Piece
  /** Tasks of it that no part has told of. */
  left: number
  /** Its lane was told to start nothing more of it. */
  isStopped: boolean
  /** It was its run's turn although an urgent one waited: it is left alone until it has told of some of its tasks. */
  readonly isTurn: boolean
  readonly concurrency: number
  /** How many of these are worth it, its thread finds out. */
  readonly isFound: boolean
  readonly attempt: number
  /** Further attempts that each of its tasks has had with this one. */
  readonly retries: number
  /** Positions that are tried again by themselves: they are not this assignment's any more. */
  readonly takenOut: Set<number>
}

/** What a lane is about. Only an `idle` one can be given something to do. */
export type LanePhase =
  /** Its thread is being started. */
  | { readonly name: 'opening' }
  | { readonly name: 'idle' }
  | { readonly name: 'loading'; readonly verifier: VerifierId }
  | { readonly name: 'unloading'; readonly verifier: VerifierId }
  /** `behind` waits in the thread for the end of `assignment`. */
  | { readonly name: 'busy'; readonly assignment: Assignment; readonly behind: Assignment | undefined }
  /** Its thread is being ended; `laneDied` says that it is. */
  | { readonly name: 'ending'; readonly why: EndingWhy }
  /** Its thread could not be ended and occupies a core. */
  | { readonly name: 'stuck' }
  /** Its threads did not start, or did not last, again and again: given up. */
  | { readonly name: 'lost'; readonly error: Error }

type EndingWhy =
  | {
      readonly name: 'overdue'
      readonly assignment: Assignment
      readonly behind: Assignment | undefined
      readonly running: readonly number[]
      readonly certain: boolean
    }
  | { readonly name: 'retiring' }

export interface Lane {
  readonly id: LaneId
  phase: LanePhase
  /** Nothing was dispatched to this thread yet. */
  isFresh: boolean
  /** No verifier was loaded, or tried, on this thread yet: nothing else in it can end it. */
  isBlank: boolean
  /** A verifier whose loading a used thread did not survive, whoever ended it: the next thread shows whether it did. */
  loadFirst: VerifierId | undefined
  /** All and only verifiers that this lane has an answer about. A failure outlives the thread: it is not tried again. */
  readonly verifiers: Map<VerifierId, 'ready' | 'failed'>
  /** Attempts to start its thread that failed in a row. */
  failedStarts: number
  /** Threads that ended while they had no task, and no one to blame, since one of them last ended an assignment. */
  idleDeaths: number
  /** Its thread takes no more work, and is ended when it is idle. */
  isWornOut: boolean
  /** Tasks that its thread has run. */
  tasks: number
  /** Whose work it did last. */
  lastRun: RunId | undefined
}

export interface VerifierState {
  readonly id: VerifierId
  /** That of its runs, as far as is known. */
  readonly concurrency: Concurrency
  /** Whether its readiness was told; told once. */
  told: boolean
  removing: boolean
  readonly failures: Error[]
  /** When it is a chain; known when it was loaded on some lane. */
  checks: readonly CheckTerms[] | undefined
}

export interface ShardState {
  readonly id: ShardId
  readonly tasks: number
  readonly bytes: number
  /** All and only positions that have an outcome. */
  readonly settled: PositionSet
  delivered: number
  /** All and only positions to which an execution was charged. */
  readonly charges: Map<number, Charges>
  /** Of a chain: by position, and by check, the executions that were charged to that check. */
  readonly checkCharges: Map<number, Charges[]>
  /** Positions for which nobody waits any more: they are not tried again. */
  readonly withdrawn: Set<number>
  /** Positions that wait for their next attempt, and whether that is to be alone. */
  readonly waiting: Map<number, { readonly alone: boolean }>
}

export interface RunState {
  readonly id: RunId
  readonly verifier: VerifierId
  settings: RunSettings
  phase:
    | { readonly name: 'running' }
    /** Cut short: tasks that come back are `aborted`. */
    | { readonly name: 'ending'; readonly how: CutShort; readonly end: BadEnd }
  source: 'open' | 'reading' | 'exhausted'
  sourceFailure: Error | undefined
  /** To be run, first things first. All and only unsettled tasks that no lane has and that do not wait. */
  readonly queue: Piece[]
  /** All and only shards that are not delivered whole, in the order of the source. */
  readonly shards: Map<ShardId, ShardState>
  nextShard: ShardId
  tasksRead: number
  /** Read and not settled. */
  unsettled: number
  /** Read and not delivered. */
  held: number
  heldBytes: number
  /** Values settled and not delivered. */
  undeliveredBytes: number
  /** Running tasks that its assignments may have together. */
  concurrencyInUse: number
  /** What these may not exceed: `settings.concurrency`, or what was out when that was lowered, or the most that it was. */
  concurrencyBound: number
  /** As many of its tasks a lane would run at once, by the last one's word. */
  atOnce: number
  lanesInUse: number
  lastDispatch: number
  /** How many wait for their next attempt. */
  waiting: number
  /** Settled without a verdict, and not `aborted`; those of an earlier run that it resumes included. */
  unsuccessful: number
  retries: number
  breaker: CircuitBreaker
  /** A thread has settled a task of it since a culprit was last found that had not even begun. */
  hasWorked: boolean
  threadsReplaced: number
  readonly random: () => number
  cost: CostEstimate
  /** What the source still holds, where it is known. */
  remainingTasks: number | undefined
  remainingBytes: number | undefined
  /** So many items wait in its source, which does not read ahead; else 0. */
  gathered: number
  ended: RunEnd | undefined
}

/** What one lane's thread has of a limit. */
export interface LimitShare {
  /** Permits that were ever granted to its thread. */
  granted: number
  /** Granted, and not given back: used by calls, or kept for the next ones. */
  held: number
  /** Of these, how many were called back. */
  recalled: number
  /** Calls there that wait, and have no permit on the way to them. */
  waiting: number
  /** Of a limit with a rate: starts that it was allowed, and of which it has not told. */
  openStarts: number
  /** As it was told last, by limit: calls with a permit of this one that wait for one of that. */
  blocked: Readonly<Record<LimitName, number>>
  /** Permits that it had been granted when it told that. */
  grantedWhenTold: number
}

/** A bound in front of a downstream, shared by all lanes. */
export interface LimitState {
  readonly name: LimitName
  settings: LimitSettings
  adaptive: AdaptiveLimit | undefined
  window: StartWindow | undefined
  breaker: LimitBreaker | undefined
  /** By lane. */
  readonly lanes: LimitShare[]
  /** When a `waitForLimit` that was told will be answered; or `Infinity`. */
  dueAtMs: number
  readonly counts: { -readonly [Count in keyof LimitCounts]: number }
  /** How many permits there were, and since when; the last is how many there are. */
  path: { readonly atMs: number; readonly permits: number }[]
}

/** Everything the coordinator knows. */
export interface CoordinatorState {
  /** When the event that is being handled happened, ms, by a clock that only goes forward. */
  nowMs: number
  readonly lanes: readonly Lane[]
  readonly verifiers: Map<VerifierId, VerifierState>
  /** All and only runs that have not ended, or whose outcomes are not all delivered. */
  readonly runs: Map<RunId, RunState>
  readonly limits: ReadonlyMap<LimitName, LimitState>
  /** A `waitForDeadlock` was told and not answered. */
  isLookingForDeadlock: boolean
  readonly recycling: Recycling
  /** How many assignments may be with a lane at once: one that runs, and one that waits behind it. */
  readonly assignmentsPerLane: 1 | 2
  /** The delay of a `waitToShare` that was told and not answered, ms; or `Infinity`. */
  sharesIn: number
  nextAssignment: AssignmentId
  dispatches: number
  /** What the event that is being handled leads to. */
  commands: Command[]
}

export function newRun(id: RunId, verifier: VerifierId, settings: RunSettings): RunState {
  return {
    id,
    verifier,
    settings,
    phase: { name: 'running' },
    source: 'open',
    sourceFailure: undefined,
    queue: [],
    shards: new Map(),
    nextShard: 0,
    tasksRead: 0,
    unsettled: 0,
    held: 0,
    heldBytes: 0,
    undeliveredBytes: 0,
    concurrencyInUse: 0,
    concurrencyBound: settings.concurrency === 'auto' ? 0 : settings.concurrency,
    atOnce: 1,
    lanesInUse: 0,
    lastDispatch: 0,
    waiting: 0,
    unsuccessful: settings.resumed.unsuccessful,
    retries: 0,
    breaker: CLOSED,
    hasWorked: false,
    threadsReplaced: 0,
    random: seededRandom(settings.seed),
    cost: newCost(),
    remainingTasks: undefined,
    remainingBytes: undefined,
    gathered: 0,
    ended: undefined,
  }
}

export function newShard(id: ShardId, tasks: number, bytes: number): ShardState {
  const settled = new PositionSet(tasks)
  return {
    id,
    tasks,
    bytes,
    settled,
    delivered: 0,
    charges: new Map(),
    checkCharges: new Map(),
    withdrawn: new Set(),
    waiting: new Map(),
  }
}

export function chargesOf(shard: ShardState, position: number): Charges {
  return shard.charges.get(position) ?? NO_CHARGES
}
