import type { Dispatch } from '../commands.ts'
import type { Event, LaneId, LimitName } from '../events.ts'
import { hasLimitNews, obey, postUse } from './lane-limits.ts'
import { LaneLoads } from './lane-loads.ts'
import { afterEnd, begun, working } from './lane-phase.ts'
import type { LanePhase, WorkingPhase } from './lane-phase.ts'
import { mustBeAllowed } from './lane-rules.ts'
import type { LaneCommand, RuledLane } from './lane-rules.ts'
import { hasAccident } from './lane-world.ts'
import type { LaneWorld } from './lane-world.ts'
import { eventOf, unsendableIn } from './simulated-messages.ts'
import { SimulatedThread } from './simulated-thread.ts'
import type { SimulatedWork } from './simulated-work.ts'

const DIED = new Error('the thread died')

/** One lane of a backend, which keeps what `backend.ts` promises and breaks everything else it can. */
export class SimulatedLane implements RuledLane {
  readonly id: LaneId
  readonly loads: LaneLoads
  phase: LanePhase = { name: 'closed' }
  /** Nothing was dispatched to its thread. */
  isFresh = true
  refused: number | undefined
  heapMb = 0
  /** Threads of this lane that could not be ended and have not exited. */
  stuckThreads = 0
  /** Starts that failed in a row. */
  failedStarts = 0
  readonly #world: LaneWorld
  #thread: SimulatedThread

  constructor(id: LaneId, world: LaneWorld) {
    this.id = id
    this.#world = world
    this.loads = new LaneLoads(id, world)
    this.#thread = new SimulatedThread(world)
  }

  get abandoned(): number {
    return this.#thread.abandoned
  }

  /** Calls of this limit that are under way here. */
  holders(limit: LimitName): number {
    return this.#thread.shares.holders(limit)
  }

  get work(): SimulatedWork | undefined {
    return this.phase.name === 'working' ? this.phase.work : undefined
  }

  /** Whether something happens here by itself. */
  get isActive(): boolean {
    return !['closed', 'idle', 'stuck'].includes(this.phase.name) || hasLimitNews(this.phase, this.#thread)
  }

  /** Nobody asked for a thread here after the last one's end. */
  get isGivenUp(): boolean {
    return this.phase.name === 'closed'
  }

  execute(command: LaneCommand, work: SimulatedWork | undefined): void {
    mustBeAllowed(command, this, this.#world.scenario)
    switch (command.type) {
      case 'dispatch':
        return this.#dispatch(command, work!)
      case 'abort':
        if (this.phase.name !== 'working') return
        this.phase.isAborted = true
        this.#thread.abort(command.assignment)
        return this.#stop(command.assignment)
      case 'stop':
        if (this.phase.name !== 'working') return
        if (this.phase.work.dispatch.assignment === command.assignment) this.phase.isStopped = true
        else this.phase.isBehindStopped = true
        return this.#stop(command.assignment)
      case 'abortTask':
        return // no run here has requests
      case 'killLane':
        if (this.phase.name === 'working') this.phase.isKilled = true
        return
      case 'openLane':
      case 'loadVerifier':
      case 'unloadVerifier':
      case 'retireLane':
        this.phase = begun(command)
        return
      default:
        return obey(command, this.#thread)
    }
  }

  /** A thread is looked at at once; a process answers when it comes to it. */
  #stop(assignment: number): void {
    const from = this.#thread.stop(assignment, this.#world.random)
    if (from === undefined) return
    if (this.#world.scenario.isAnsweredLater) this.#thread.inbox.push({ type: 'stopped', assignment, from })
    else this.#world.emit({ type: 'stopped', lane: this.id, assignment, from })
  }

  /** Something happens, drawn at random. */
  step(): void {
    const { random, scenario } = this.#world
    if (hasLimitNews(this.phase, this.#thread) && (this.phase.name === 'idle' || random.chance(0.2)))
      return this.#hearOfLimits()
    switch (this.phase.name) {
      case 'opening':
        if (random.chance(scenario.failedStart)) {
          this.failedStarts++
          return this.#died(false)
        }
        return this.#opened()
      case 'loading':
        return this.#answer(this.loads.load(this.phase.verifier))
      case 'unloading':
        return this.#answer(this.loads.unload(this.phase.verifier))
      case 'working':
        return this.#work(this.phase)
      case 'retiring':
        return this.#died(random.chance(scenario.stuck / 4))
      case 'dying':
        return this.#thread.inbox.length > 0 ? this.#receive() : this.#died(false)
      case 'idle':
        if (hasAccident(this.#world)) this.#died(false)
        return
      case 'closed':
      case 'stuck':
        return
    }
  }

  #hearOfLimits(): void {
    if (this.phase.name === 'idle' && this.#thread.inbox.length > 0) this.#receive()
    else postUse(this.#thread)
  }

  /** A thread that could not be ended has exited after all. */
  exit(): void {
    this.stuckThreads--
    if (this.phase.name === 'stuck') this.phase = { name: 'closed' }
    this.#world.emit({ type: 'laneExited', lane: this.id })
  }

  #opened(): void {
    this.#thread = new SimulatedThread(this.#world)
    this.isFresh = true
    this.loads.threadStarted()
    this.heapMb = 0
    this.failedStarts = 0
    this.phase = { name: 'idle' }
    this.#world.emit({ type: 'laneOpened', lane: this.id })
  }

  /** To a load or an unload. */
  #answer(end: Event | 'died' | 'stuck'): void {
    if (end === 'died' || end === 'stuck') return this.#died(end === 'stuck')
    this.phase = { name: 'idle' }
    this.#world.emit(end)
  }

  #dispatch(command: Dispatch, work: SimulatedWork): void {
    const { phase } = this
    this.isFresh = false
    const failures = unsendableIn(command, work)
    if (failures.length > 0) {
      this.refused = command.assignment
      this.#world.emit({ type: 'unsendable', lane: this.id, assignment: command.assignment, failures })
      return
    }
    if (phase.name === 'dying') {
      if (phase.work === undefined) phase.work = work
      else phase.behind = work
      return
    }
    this.#thread.receive(work)
    if (phase.name === 'working') phase.behind = work
    else this.phase = working(work)
  }

  #work(phase: WorkingPhase): void {
    const { random, scenario } = this.#world
    const thread = this.#thread
    if (thread.inbox.length > 0 && random.chance(0.5)) return this.#receive()
    if (phase.isKilled && random.chance(0.4)) return this.#end(random.chance(thread.isBlocked ? scenario.stuck : 0))
    if (thread.isBlocked) {
      if (!phase.isOverdue && this.#isHeardOf(phase) && random.chance(0.5)) return this.#overdue(phase)
      if (phase.isOverdue) thread.wake()
      return
    }
    if (thread.isDone) return
    if (hasAccident(this.#world, thread.work)) return random.chance(0.5) ? this.#end(false) : this.#standStill(phase)
    thread.step(random, scenario.abandonedEach)
    if (thread.isDead) this.#end(false)
  }

  /** The thread is gone; what it had posted arrives first. */
  #end(isStuck: boolean): void {
    this.#thread.die()
    if (isStuck) return this.#died(true) // its port is closed: what it had posted is never heard
    if (this.phase.name !== 'working') return
    const { work, behind } = this.phase
    this.phase = { name: 'dying', work, behind }
  }

  /** By nobody's fault: nothing can be certain then. */
  #standStill(phase: WorkingPhase): void {
    if (phase.isOverdue || !this.#isHeardOf(phase) || this.#isCertain) return
    this.#overdue(phase)
  }

  /** The thread has not gone on to something that nobody has heard of. */
  #isHeardOf({ work }: WorkingPhase): boolean {
    return this.#thread.work === work
  }

  #overdue(phase: WorkingPhase): void {
    phase.isOverdue = true
    const { assignment } = phase.work.dispatch
    const running = [...this.#thread.running]
    this.#world.emit({ type: 'overdue', lane: this.id, assignment, running, certain: this.#isCertain })
  }

  /** Nobody else can be what blocks the thread. */
  get #isCertain(): boolean {
    return this.#thread.running.length === 1 && this.#thread.abandoned === 0
  }

  #receive(): void {
    const message = this.#thread.inbox.shift()!
    if (message.type === 'ended') {
      this.phase = afterEnd(this.phase)
      this.heapMb = this.#world.random.between(0, 60)
    }
    this.#world.emit(eventOf(message, this.id, this.heapMb))
  }

  #died(stuck: boolean): void {
    const { phase } = this
    // Of what nobody has heard that it was begun, nobody knows what ran.
    const work = phase.name === 'working' || phase.name === 'dying' ? phase.work : undefined
    const running = work !== undefined && work === this.#thread.work ? [...this.#thread.running] : []
    this.#thread.die()
    this.#thread = new SimulatedThread(this.#world)
    this.loads.threadDied()
    this.phase = { name: stuck ? 'stuck' : 'closed' }
    if (stuck) this.stuckThreads++
    this.#world.emit({ type: 'laneDied', lane: this.id, running, error: DIED, stuck })
  }
}
