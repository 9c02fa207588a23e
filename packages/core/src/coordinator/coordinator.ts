import { FanfoldError } from '@fanfold/workers/protocol'
import type { Command } from './commands.ts'
import type { Event, LimitName } from './events.ts'
import { haltRuns } from './halting.ts'
import { checkInvariants } from './invariants.ts'
import {
  assignmentEnded,
  laneDied,
  laneExited,
  laneOpened,
  laneOverdue,
  open,
  unsendable,
  verifierAnswered,
  verifierUnloaded,
} from './lanes.ts'
import { deadlockDue, lookForDeadlock } from './limit-deadlock.ts'
import { limitOf, limitUpdated, limitUsed, newLimit, shareLimits } from './limits.ts'
import { delivered, partArrived } from './outcomes.ts'
import { gathered, taskWithdrawn } from './requests.ts'
import { retryDue } from './retries.ts'
import { endRequested, endRuns, runAdded, runUpdated, shardRead, sourceEnded } from './runs.ts'
import { schedule } from './schedule.ts'
import { assignmentStopped, shareDue } from './sharing.ts'
import { Story } from './story.ts'
import type { LimitSettings } from '../policy/limits/limit-settings.ts'
import { NEVER } from '../policy/recycling.ts'
import type { Recycling } from '../policy/recycling.ts'
import type { CoordinatorState } from './state.ts'
import { addVerifier, removeVerifier } from './verifiers.ts'

export interface CoordinatorOptions {
  /** Look at every invariant after every event: for tests, it is slow. */
  readonly isChecked?: boolean
  /** When threads are replaced although nothing is wrong. @defaultValue never */
  readonly recycling?: Recycling
  /** @defaultValue 2 */
  readonly assignmentsPerLane?: 1 | 2
  /** By name. @defaultValue none */
  readonly limits?: Readonly<Record<LimitName, LimitSettings>>
  /** When it begins, by the clock of the events. @defaultValue 0 */
  readonly nowMs?: number
}

/**
 * Decides everything and does nothing: events in, commands out. It knows no thread, timer, promise or file, and the
 * same events lead to the same commands, always. See README.md beside this file.
 */
export class Coordinator {
  readonly #state: CoordinatorState
  readonly #isChecked: boolean
  readonly #story = new Story()

  constructor(lanes: number, options: CoordinatorOptions = {}) {
    const { nowMs = 0 } = options
    this.#isChecked = options.isChecked ?? false
    this.#state = {
      nowMs,
      lanes: Array.from({ length: lanes }, (_, id) => ({
        id,
        phase: { name: 'opening' } as const,
        isFresh: true,
        isBlank: true,
        loadFirst: undefined,
        verifiers: new Map(),
        failedStarts: 0,
        idleDeaths: 0,
        isWornOut: false,
        tasks: 0,
        lastRun: undefined,
      })),
      verifiers: new Map(),
      runs: new Map(),
      limits: new Map(
        Object.entries(options.limits ?? {}).map(([name, settings]) => [name, newLimit(name, settings, lanes, nowMs)]),
      ),
      isLookingForDeadlock: false,
      recycling: options.recycling ?? NEVER,
      assignmentsPerLane: options.assignmentsPerLane ?? 2,
      sharesIn: Infinity,
      nextAssignment: 1,
      dispatches: 0,
      commands: [],
    }
  }

  /** The commands to start with: every lane is to be opened. */
  start(): readonly Command[] {
    for (const lane of this.#state.lanes) open(this.#state, lane)
    return this.#takeCommands()
  }

  /**
   * @param nowMs - when it happened, by a clock that only goes forward; only limits ask for it
   * @throws {FanfoldError} `FANFOLD_INTERNAL`, with what led there, when the event contradicts what is known.
   */
  handle(event: Event, nowMs: number = this.#state.nowMs): readonly Command[] {
    this.#state.nowMs = Math.max(nowMs, this.#state.nowMs)
    this.#story.add(event)
    try {
      this.#apply(event)
      haltRuns(this.#state)
      endRuns(this.#state)
      schedule(this.#state)
      shareLimits(this.#state)
      lookForDeadlock(this.#state)
      if (this.#isChecked) checkInvariants(this.#state)
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause)
      const message = `at ${event.type}: ${why}. What led there, oldest first:\n${this.#story.lines().join('\n')}`
      throw new FanfoldError('FANFOLD_INTERNAL', message, { cause })
    }
    return this.#takeCommands()
  }

  /** For progress, and for tests; not to be changed. */
  get state(): Readonly<CoordinatorState> {
    return this.#state
  }

  #apply(event: Event): void {
    const state = this.#state
    switch (event.type) {
      case 'laneOpened':
        return laneOpened(state, event.lane)
      case 'verifierLoaded':
        return verifierAnswered(state, event.lane, event.verifier, undefined, event.checks)
      case 'verifierFailed':
        return verifierAnswered(state, event.lane, event.verifier, event.error)
      case 'verifierUnloaded':
        return verifierUnloaded(state, event.lane, event.verifier)
      case 'part':
        return partArrived(state, event)
      case 'assignmentEnded':
        return assignmentEnded(state, event)
      case 'stopped':
        return assignmentStopped(state, event)
      case 'unsendable':
        return unsendable(state, event)
      case 'overdue':
        return laneOverdue(state, event)
      case 'laneDied':
        return laneDied(state, event)
      case 'laneExited':
        return laneExited(state, event.lane)
      case 'verifierAdded':
        return addVerifier(state, event.verifier, event.concurrency ?? 'auto')
      case 'verifierRemoved':
        return removeVerifier(state, event.verifier)
      case 'runAdded':
        return runAdded(state, event)
      case 'shardRead':
        return shardRead(state, event)
      case 'sourceEnded':
        return sourceEnded(state, event.run, undefined)
      case 'sourceFailed':
        return sourceEnded(state, event.run, event.error)
      case 'delivered':
        return delivered(state, event)
      case 'cancelRequested':
        return endRequested(state, event.run, event.how, { how: 'cancelled', error: event.reason })
      case 'retryDue':
        return retryDue(state, event.run, event.shard, event.ranges)
      case 'shareDue':
        return shareDue(state)
      case 'gathered':
        return gathered(state, event.run, event.tasks)
      case 'taskWithdrawn':
        return taskWithdrawn(state, event)
      case 'limitUsed':
        return limitUsed(state, event)
      case 'limitDue':
        limitOf(state, event.limit).dueAtMs = Infinity
        return
      case 'deadlockDue':
        return deadlockDue(state)
      case 'limitUpdated':
        return limitUpdated(state, event.limit, event.settings)
      case 'runUpdated':
        return runUpdated(state, event)
      case 'runBroken':
        return endRequested(state, event.run, 'now', { how: 'failed', error: event.error })
    }
  }

  #takeCommands(): readonly Command[] {
    const { commands } = this.#state
    for (const command of commands) this.#story.add(command)
    this.#state.commands = []
    return commands
  }
}
