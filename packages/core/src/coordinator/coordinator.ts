import type { Command, Event } from './events.ts'
import { checkInvariants } from './invariants.ts'
import {
  assignmentEnded,
  laneDied,
  laneExited,
  laneOpened,
  laneOverdue,
  open,
  tellReadiness,
  unsendable,
  verifierAnswered,
  verifierUnloaded,
} from './lanes.ts'
import { delivered, partArrived } from './outcomes.ts'
import { cancelRequested, endRuns, runAdded, shardRead, sourceEnded } from './runs.ts'
import { schedule } from './schedule.ts'
import type { CoordinatorState } from './state.ts'

/**
 * Decides everything and does nothing: events in, commands out. It knows no thread, timer, promise or file, and the
 * same events lead to the same commands, always. See README.md beside this file.
 */
export class Coordinator {
  readonly #state: CoordinatorState
  readonly #isChecked: boolean

  /** @param options - `isChecked`: look at every invariant after every event (for tests; it is slow). */
  constructor(lanes: number, options: { readonly isChecked?: boolean } = {}) {
    this.#isChecked = options.isChecked ?? false
    this.#state = {
      lanes: Array.from({ length: lanes }, (_, id) => ({
        id,
        phase: { name: 'opening' } as const,
        isFresh: true,
        verifiers: new Map(),
        failedStarts: 0,
      })),
      verifiers: new Map(),
      runs: new Map(),
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

  handle(event: Event): readonly Command[] {
    this.#apply(event)
    endRuns(this.#state)
    schedule(this.#state)
    if (this.#isChecked) checkInvariants(this.#state)
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
        return verifierAnswered(state, event.lane, event.verifier, undefined)
      case 'verifierFailed':
        return verifierAnswered(state, event.lane, event.verifier, event.error)
      case 'verifierUnloaded':
        return verifierUnloaded(state, event.lane, event.verifier)
      case 'part':
        return partArrived(state, event)
      case 'assignmentEnded':
        return assignmentEnded(state, event)
      case 'unsendable':
        return unsendable(state, event)
      case 'overdue':
        return laneOverdue(state, event)
      case 'laneDied':
        return laneDied(state, event)
      case 'laneExited':
        return laneExited(state, event.lane)
      case 'verifierAdded':
        return this.#addVerifier(event.verifier)
      case 'verifierRemoved':
        return this.#removeVerifier(event.verifier)
      case 'runAdded':
        return runAdded(state, event.run, event.verifier, event.options)
      case 'shardRead':
        return shardRead(state, event)
      case 'sourceEnded':
        return sourceEnded(state, event.run, undefined)
      case 'sourceFailed':
        return sourceEnded(state, event.run, event.error)
      case 'delivered':
        return delivered(state, event)
      case 'cancelRequested':
        return cancelRequested(state, event.run, event.reason)
    }
  }

  #addVerifier(id: number): void {
    this.#state.verifiers.set(id, { id, told: false, removing: false, failures: [] })
    tellReadiness(this.#state, id)
  }

  #removeVerifier(id: number): void {
    const verifier = this.#state.verifiers.get(id)
    if (verifier !== undefined) verifier.removing = true
  }

  #takeCommands(): readonly Command[] {
    const { commands } = this.#state
    this.#state.commands = []
    return commands
  }
}
