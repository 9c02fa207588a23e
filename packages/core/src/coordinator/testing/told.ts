import { Coordinator } from '../coordinator.ts'
import { NEVER } from '../../policy/recycling.ts'
import type { Recycling } from '../../policy/recycling.ts'
import type { LimitSettings } from '../../policy/limits/limit-settings.ts'
import { NO_RETRIES } from '../../policy/retry.ts'
import type { Command } from '../commands.ts'
import type { CutShort, Event, RunSettings, ShardRead } from '../events.ts'

export const SETTINGS: RunSettings = {
  timeoutMs: 100,
  concurrency: 2,
  shardSize: undefined,
  order: 'arrival',
  limit: Infinity,
  retry: { ...NO_RETRIES, backoff: 'none' },
  tolerance: undefined,
  halt: 'soon',
  seed: 1,
  resumed: { tasks: 0, unsuccessful: 0 },
  readAhead: true,
  isUrgent: false,
  maxHeldTasks: 100,
  maxHeldBytes: 1000,
}

/** A source that does not say how much it holds. */
export const UNKNOWN = { remainingTasks: undefined, remainingBytes: undefined } as const

/** A shard of run 1, of tasks of a byte each. */
export function shardRead(tasks: number, over: Partial<ShardRead> = {}): ShardRead {
  return {
    type: 'shardRead',
    run: 1,
    tasks,
    bytes: tasks,
    records: undefined,
    ...UNKNOWN,
    unreadable: undefined,
    gathered: 0,
    ...over,
  }
}

/** A coordinator that is told events and answers in short words; invariants are checked after each. */
export class Told {
  readonly coordinator: Coordinator

  constructor(lanes: number, recycling: Recycling = NEVER, limits: Record<string, LimitSettings> = {}) {
    this.coordinator = new Coordinator(lanes, { isChecked: true, recycling, limits })
    this.coordinator.start()
  }

  tell(...events: Event[]): string[] {
    return events.flatMap((event) => this.coordinator.handle(event).map(brief))
  }

  /** One event, at a time in ms. */
  tellAt(nowMs: number, event: Event): string[] {
    return this.coordinator.handle(event, nowMs).map(brief)
  }

  /** All lanes are open, and verifier 1 is set up on each. */
  static ready(lanes: number, recycling: Recycling = NEVER): Told {
    const told = new Told(lanes, recycling)
    told.tell({ type: 'verifierAdded', verifier: 1 })
    for (let lane = 0; lane < lanes; lane++) told.open(lane)
    return told
  }

  /** A fresh thread on a lane, with verifier 1. */
  open(lane: number): string[] {
    this.tell({ type: 'laneOpened', lane })
    return this.tell({ type: 'verifierLoaded', lane, verifier: 1 })
  }

  run(id: number, settings: Partial<RunSettings> = {}): string[] {
    return this.tell({ type: 'runAdded', run: id, verifier: 1, options: { ...SETTINGS, ...settings }, ...UNKNOWN })
  }

  read(tasks: number, over: Partial<ShardRead> = {}): string[] {
    return this.tell(shardRead(tasks, over))
  }

  part(lane: number, assignment: number, from: number, count: number, valueBytes: number = 0): string[] {
    return this.tell({ ...this.#part(lane, assignment, from, count), valueBytes })
  }

  /** A part in which these tasks reached no verdict, for something that may be tried again. */
  failed(
    lane: number,
    assignment: number,
    positions: readonly number[],
    why: 'throw' | 'timeout' | 'final' = 'throw',
  ): string[] {
    const unsuccessful = positions.map((position) => ({ position, failure: why === 'final' ? undefined : why }))
    const [from = 0] = positions
    return this.tell({ ...this.#part(lane, assignment, from, positions.length), unsuccessful })
  }

  #part(lane: number, assignment: number, from: number, count: number): Extract<Event, { type: 'part' }> {
    const positions = { from, count }
    return { type: 'part', lane, assignment, positions, batch: undefined, unsuccessful: [], valueBytes: 0 }
  }

  retryDue(shard: number, position: number, to: number = position + 1): string[] {
    return this.tell({ type: 'retryDue', run: 1, shard, ranges: [position, to] })
  }

  ended(
    lane: number,
    assignment: number,
    suspects: number[] = [],
    abandoned: number = 0,
    heapMb: number = 1,
  ): string[] {
    return this.tell({ type: 'assignmentEnded', lane, assignment, suspects, abandoned, busyMs: 1, atOnce: 1, heapMb })
  }

  stopped(lane: number, assignment: number, from: number): string[] {
    return this.tell({ type: 'stopped', lane, assignment, from })
  }

  died(lane: number, running: number[] = [], stuck: boolean = false): string[] {
    return this.tell({ type: 'laneDied', lane, running, error: new Error('exit'), stuck })
  }

  overdue(lane: number, assignment: number, running: number[], certain: boolean): string[] {
    return this.tell({ type: 'overdue', lane, assignment, running, certain })
  }

  delivered(shard: number, tasks: number, valueBytes: number = 0): string[] {
    return this.tell({ type: 'delivered', run: 1, shard, tasks, valueBytes })
  }

  cancel(how: CutShort = 'now'): string[] {
    return this.tell({ type: 'cancelRequested', run: 1, reason: new Error('enough'), how })
  }
}

function brief(command: Command): string {
  switch (command.type) {
    case 'dispatch': {
      const { lane, assignment, run, shard, ranges, alone, attempt } = command
      const what = `${run}:${shard}[${ranges.join(' ')}]${alone ? ' alone' : ''}${attempt > 1 ? ` again` : ''}`
      return `dispatch ${assignment} to ${lane}: ${what}`
    }
    case 'deliver': {
      const { positions, run, shard, attempts, accepted } = command
      const count = positions instanceof Uint32Array ? positions.length : positions.count
      return `deliver ${run}:${shard} ${accepted?.length ?? count} after ${attempts}`
    }
    case 'settle':
      return `settle ${command.run}:${command.shard}[${command.ranges.join(' ')}] ${command.status} after ${command.attempts}`
    case 'read':
      return `read ${command.run} ${command.maxTasks}`
    case 'endRun':
      return `end ${command.run} ${command.end.how}${command.sourceExhausted ? '' : ', not exhausted'}`
    case 'keepShard':
    case 'releaseShard':
      return `${command.type} ${command.run}:${command.shard}`
    case 'loadVerifier':
    case 'unloadVerifier':
      return `${command.type} ${command.verifier} on ${command.lane}`
    case 'verifierReady':
    case 'verifierUnusable':
      return `${command.type} ${command.verifier}, ${command.failures.length} failures`
    case 'verifierGone':
      return `${command.type} ${command.verifier}`
    case 'keepChecks':
      return `keep ${command.run}:${command.shard}[${command.position}] but ${command.again.join(' ')}`
    case 'settleCheck':
      return `settle ${command.run}:${command.shard}[${command.position}].${command.check} ${command.status} after ${command.attempts}`
    case 'waitForRetry':
      return `wait ${command.run}:${command.shard}[${command.ranges.join(' ')}]`
    case 'waitToShare':
      return `wait ${command.delayMs} to share`
    case 'grant':
    case 'recall':
      return `${command.type} ${command.permits} of ${command.limit} on ${command.lane}`
    case 'unlock':
      return `unlock ${command.limit} on ${command.lane} among ${command.among.join(' ')}`
    case 'waitForDeadlock':
      return `wait ${command.delayMs} for a deadlock`
    case 'refuse':
      return `refuse ${command.limit} on ${command.lane} for ${command.forMs}`
    case 'waitForLimit':
      return `wait ${command.delayMs} for ${command.limit}`
    case 'stop':
      return `stop ${command.assignment} on ${command.lane}`
    case 'openLane':
    case 'abort':
    case 'abortTask':
    case 'killLane':
    case 'retireLane':
      return `${command.type} ${command.lane}`
  }
}
