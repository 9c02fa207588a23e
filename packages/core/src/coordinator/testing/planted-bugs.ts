import { NO_CHARGES } from '../../policy/retry.ts'
import { Coordinator } from '../coordinator.ts'
import type { CoordinatorOptions } from '../coordinator.ts'
import type { Command } from '../commands.ts'
import type { Event } from '../events.ts'
import { assignmentOf } from '../assignments.ts'
import type { CoordinatorState, RunState } from '../state.ts'
import type { Machine } from './machine.ts'

type Handle = (event: Event) => readonly Command[]

/** A coordinator with something wrong before, in or after what it makes of an event. */
class Broken implements Machine {
  readonly #inner: Coordinator
  readonly #handle: (handle: Handle, event: Event, state: CoordinatorState) => readonly Command[]

  constructor(
    inner: Coordinator,
    handle: (handle: Handle, event: Event, state: CoordinatorState) => readonly Command[],
  ) {
    this.#inner = inner
    this.#handle = handle
  }

  get state(): Readonly<CoordinatorState> {
    return this.#inner.state
  }

  start(): readonly Command[] {
    return this.#inner.start()
  }

  handle(event: Event, nowMs?: number): readonly Command[] {
    return this.#handle((it) => this.#inner.handle(it, nowMs), event, this.#inner.state)
  }
}

/** Bugs by what they do; the property has to find each. */
export const PLANTED_BUGS: Readonly<Record<string, ConstructorParameters<typeof Broken>[1]>> = {
  'what comes back from a dead thread is dropped': (handle, event, state) => {
    const before = new Map([...state.runs].map(([id, { queue }]) => [id, queue.length]))
    const commands = handle(event)
    if (event.type !== 'laneDied') return commands
    for (const [id, { queue }] of state.runs) if (queue.length > before.get(id)!) queue.shift()
    return commands
  },
  'a part is delivered twice': (handle, event) =>
    handle(event).flatMap((command): Command[] => (command.type === 'deliver' ? [command, command] : [command])),
  'tasks that may run are not given back': (handle, event, state) => {
    const run = event.type === 'assignmentEnded' ? runOf(state, event.lane) : undefined
    const commands = handle(event)
    if (run !== undefined) run.concurrencyInUse++
    return commands
  },
  'a lane runs more than its share': (handle, event) =>
    handle(event).map((command) =>
      command.type === 'dispatch' ? { ...command, concurrency: command.concurrency + 1 } : command,
    ),
  'the neighbour of a late task is timedOut with it': (handle, event) =>
    handle(event.type === 'overdue' ? { ...event, running: event.running.flatMap((p) => [p, p + 1]) } : event),
  'whoever runs when a thread stands still is late': (handle, event) =>
    handle(event.type === 'overdue' ? { ...event, certain: true } : event),
  'suspects run on used threads': (handle, event, state) => {
    for (const lane of state.lanes) lane.isFresh = true
    return handle(event)
  },
  'a load is blamed for whatever ends a used thread': (handle, event, state) => {
    const lane = event.type === 'laneDied' ? state.lanes[event.lane]! : undefined
    if (lane?.phase.name === 'loading') lane.isBlank = true
    return handle(event)
  },
  'the first death alone is a crash': (handle, event, state) => {
    const { phase } = state.lanes['lane' in event ? event.lane : 0]!
    if (event.type === 'laneDied' && phase.name === 'busy' && phase.assignment.piece.alone) {
      const { run, piece } = phase.assignment
      state.runs
        .get(run)!
        .shards.get(piece.shard)
        ?.charges.set(piece.ranges[0]!, { ...NO_CHARGES, death: 1 })
    }
    return handle(event)
  },
  'the source is asked for more than may be held': (handle, event) =>
    handle(event).map((command) =>
      command.type === 'read' ? { ...command, maxTasks: command.maxTasks + 1 } : command,
    ),
  'a verifier is torn down under the run that uses it': (handle, event, state) => {
    const commands = handle(event)
    if (event.type === 'verifierRemoved') for (const run of state.runs.values()) run.ended ??= { how: 'finished' }
    return commands
  },
  'a cancelled run keeps its queue': (handle, event, state) => {
    const queue = event.type === 'cancelRequested' ? state.runs.get(event.run)?.queue.splice(0) : undefined
    const commands = handle(event)
    if (queue !== undefined && event.type === 'cancelRequested') state.runs.get(event.run)?.queue.push(...queue)
    return commands
  },
  'a task that is to be tried again stays in its assignment, too': (handle, event, state) => {
    const { phase } = state.lanes['lane' in event ? event.lane : 0]!
    if (event.type === 'assignmentEnded' && phase.name === 'busy') phase.assignment.takenOut.clear()
    return handle(event)
  },
  'a task is tried once more than it may be': (handle, event, state) => {
    if (event.type === 'part') {
      for (const { shards } of state.runs.values()) {
        for (const { charges } of shards.values()) {
          for (const [position, charge] of charges)
            charges.set(position, { ...charge, throw: Math.min(charge.throw, 1) })
        }
      }
    }
    return handle(event)
  },
  'a wait that is over is forgotten': (handle, event) => (event.type === 'retryDue' ? [] : handle(event)),
  'tasks that wait are left behind when the run is cut short': (handle, event, state) => {
    const run = event.type === 'cancelRequested' ? state.runs.get(event.run) : undefined
    const waiting = [...(run?.shards.values() ?? [])].map((shard) => ({ shard, all: [...shard.waiting] }))
    for (const { shard } of waiting) shard.waiting.clear()
    const commands = handle(event)
    for (const { shard, all } of waiting) for (const [position, how] of all) shard.waiting.set(position, how)
    return commands
  },
  'a breach is overlooked': (handle, event, state) => {
    for (const run of state.runs.values()) run.unsuccessful = 0
    return handle(event)
  },
  'what is cut short soon is told to end now': (handle, event) =>
    handle(event).map((command) =>
      command.type === 'stop' ? { ...command, type: 'abort', reason: new Error('stop') } : command,
    ),
  'a lane keeps what it gives back': (handle, event, state) => {
    const assignment = event.type === 'stopped' ? assignmentOf(state, event.lane, event.assignment) : undefined
    const piece = assignment?.piece
    const commands = handle(event)
    if (assignment !== undefined && piece !== undefined) assignment.piece = piece
    return commands
  },
  'a lane gives back the task that it runs, too': (handle, event) =>
    handle(event.type === 'stopped' ? { ...event, from: Math.max(0, event.from - 1) } : event),
  'what waits behind in a thread that dies is lost': (handle, event, state) => {
    const lane = event.type === 'laneDied' ? state.lanes[event.lane] : undefined
    if (lane?.phase.name === 'busy') lane.phase = { ...lane.phase, behind: undefined }
    return handle(event)
  },
  'what has its turn is not counted as running': (handle, event, state) => {
    const commands = handle(event)
    if (event.type === 'assignmentEnded') {
      const { phase } = state.lanes[event.lane]!
      const run = phase.name === 'busy' ? state.runs.get(phase.assignment.run) : undefined
      if (run !== undefined) run.concurrencyInUse -= 1
    }
    return commands
  },
  'permits of a thread that dies are lost': (handle, event, state) => {
    const held = event.type === 'laneDied' ? [...state.limits.values()].map(({ lanes }) => lanes[event.lane]!.held) : []
    const commands = handle(event)
    for (const [i, limit] of [...state.limits.values()].entries())
      if (event.type === 'laneDied') limit.lanes[event.lane]!.held += held[i]!
    return commands
  },
  'a permit is granted that is not there': (handle, event) =>
    handle(event).map((command) => (command.type === 'grant' ? { ...command, permits: command.permits + 1 } : command)),
  'permits that are on their way are granted again': (handle, event) =>
    handle(event.type === 'limitUsed' ? { ...event, granted: 1e9 } : event),
  'nobody comes again when starts are possible': (handle, event) => (event.type === 'limitDue' ? [] : handle(event)),
  'calls that wait for one another are not seen': (handle, event) =>
    handle(event.type === 'limitUsed' ? { ...event, blocked: {} } : event),
  'a start counts from when it was allowed': (handle, event, state) => {
    if (event.type !== 'limitUsed') return handle(event)
    return handle({ ...event, starts: event.starts.map(() => state.nowMs - 1e6) })
  },
  'worn-out threads stay': (handle, event) =>
    handle(event.type === 'assignmentEnded' ? { ...event, heapMb: 0 } : event),
  'a check that ended with its thread is run again': (handle, event) =>
    handle(event).filter(({ type }) => type !== 'settleCheck'),
  'a check that is to be tried again is kept as it ended': (handle, event) =>
    handle(event).map((command) => (command.type === 'keepChecks' ? { ...command, again: [] } : command)),
  'the executions of checks are not told': (handle, event) =>
    handle(event).map((command) => (command.type === 'dispatch' ? { ...command, charged: [] } : command)),
  'a check is charged for its neighbour in the task': (handle, event, state) => {
    const run = event.type === 'laneDied' ? runOf(state, event.lane) : undefined
    const perTask = run === undefined ? 1 : (state.verifiers.get(run.verifier)?.checks?.length ?? 1)
    if (event.type !== 'laneDied' || perTask === 1) return handle(event)
    const running = event.running.map((mark) => mark - (mark % perTask) + ((mark + 1) % perTask))
    return handle({ ...event, running })
  },
}

export function makeBroken(name: string): (lanes: number, options: CoordinatorOptions) => Machine {
  return (lanes, options) => new Broken(new Coordinator(lanes, options), PLANTED_BUGS[name]!)
}

function runOf(state: CoordinatorState, lane: number): RunState | undefined {
  const { phase } = state.lanes[lane]!
  return phase.name === 'busy' ? state.runs.get(phase.assignment.run) : undefined
}
