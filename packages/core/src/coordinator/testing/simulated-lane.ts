import { MAX_ABANDONED } from '@fanfold/workers/protocol'
import type { Command, Dispatch } from '../commands.ts'
import type { LaneId, LimitName, VerifierId } from '../events.ts'
import { afterEnd, working } from './lane-phase.ts'
import type { LanePhase, WorkingPhase } from './lane-phase.ts'
import { endOfLoad, hasAccident } from './lane-world.ts'
import type { LaneWorld } from './lane-world.ts'
import { eventOf, unsendableIn } from './simulated-messages.ts'
import { SimulatedThread } from './simulated-thread.ts'
import type { SimulatedWork } from './simulated-thread.ts'

const DIED = new Error('the thread died')
/** Of what a thread says about no assignment. */
const NO_ASSIGNMENT = 0

/** One lane of a backend, which keeps what `backend.ts` promises and breaks everything else it can. */
export class SimulatedLane {
  readonly id: LaneId
  phase: LanePhase = { name: 'closed' }
  /** All and only verifiers that its thread has set up. */
  readonly loaded = new Set<VerifierId>()
  readonly failed = new Set<VerifierId>()
  /** Nothing was dispatched to its thread. */
  isFresh = true
  /** Its thread has answered no load. */
  #isBlank = true
  /** What could not be sent here last. */
  #refused: number | undefined
  /** Of its thread, as it was told last. */
  #heapMb = 0
  /** Threads of this lane that could not be ended and have not exited. */
  stuckThreads = 0
  /** Starts that failed in a row. */
  failedStarts = 0
  readonly #world: LaneWorld
  #thread: SimulatedThread

  constructor(id: LaneId, world: LaneWorld) {
    this.id = id
    this.#world = world
    this.#thread = new SimulatedThread(world)
  }

  /** Calls of this limit that are under way here. */
  holders(limit: LimitName): number {
    return this.#thread.shares.holders(limit)
  }

  get work(): SimulatedWork | undefined {
    return this.phase.name === 'working' ? this.phase.work : undefined
  }

  get behind(): SimulatedWork | undefined {
    return this.phase.name === 'working' ? this.phase.behind : undefined
  }

  /** Whether something happens here by itself. */
  get isActive(): boolean {
    return !['closed', 'idle', 'stuck'].includes(this.phase.name) || this.#hasLimitNews
  }

  /** A thread whose loop turns has something to say of limits. */
  get #hasLimitNews(): boolean {
    const { isBlocked, shares, inbox } = this.#thread
    if (this.phase.name === 'idle') return shares.hasNews || inbox.length > 0
    return this.phase.name === 'working' && !isBlocked && shares.hasNews
  }

  /** Nobody asked for a thread here after the last one's end. */
  get isGivenUp(): boolean {
    return this.phase.name === 'closed'
  }

  execute(command: Extract<Command, { lane: LaneId }>, work: SimulatedWork | undefined): void {
    switch (command.type) {
      case 'openLane':
        this.#must(this.phase.name === 'closed' || this.phase.name === 'stuck', command.type)
        this.phase = { name: 'opening' }
        return
      case 'loadVerifier':
        this.#must(this.phase.name === 'idle' && !this.failed.has(command.verifier), command.type)
        this.phase = { name: 'loading', verifier: command.verifier }
        return
      case 'unloadVerifier':
        this.#must(this.phase.name === 'idle' && this.loaded.has(command.verifier), command.type)
        this.phase = { name: 'unloading', verifier: command.verifier }
        return
      case 'dispatch':
        return this.#dispatch(command, work!)
      case 'abort':
        this.#must(this.#isAt(command.assignment), command.type)
        if (this.phase.name !== 'working') return
        this.phase.isAborted = true
        this.#thread.abort(command.assignment)
        return this.#stop(command.assignment)
      case 'stop':
        this.#must(this.#isAt(command.assignment), command.type)
        if (this.phase.name !== 'working') return
        if (this.phase.work.dispatch.assignment === command.assignment) this.phase.isStopped = true
        else this.phase.isBehindStopped = true
        return this.#stop(command.assignment)
      case 'abortTask':
        return this.#must(this.#isAt(command.assignment), command.type) // no run here has requests
      case 'killLane':
        this.#must(this.phase.name === 'working' && this.phase.isOverdue, command.type)
        if (this.phase.name === 'working') this.phase.isKilled = true
        return
      case 'grant':
      case 'recall':
        this.#must(!['closed', 'opening', 'stuck'].includes(this.phase.name), command.type)
        return this.#thread.shares.execute(command)
      case 'unlock':
        this.#must(!['closed', 'opening', 'stuck'].includes(this.phase.name), command.type)
        return this.#thread.unlock(command.limit, command.among)
      case 'refuse':
        return this.#must(false, 'refuse, where no limit has a breaker')
      case 'retireLane':
        this.#must(this.phase.name === 'idle', command.type)
        this.phase = { name: 'retiring' }
        return
    }
  }

  /** A thread is looked at at once; a process answers when it comes to it. */
  #stop(assignment: number): void {
    const { random } = this.#world
    const from = this.#thread.stop(assignment, random)
    if (from === undefined) return
    if (this.#world.scenario.isAnsweredLater) this.#thread.inbox.push({ type: 'stopped', assignment, from })
    else this.#world.emit({ type: 'stopped', lane: this.id, assignment, from })
  }

  /** Something happens, drawn at random. */
  step(): void {
    const { random, scenario } = this.#world
    if (this.#hasLimitNews && (this.phase.name === 'idle' || random.chance(0.2))) return this.#tellOfLimits()
    switch (this.phase.name) {
      case 'opening':
        if (random.chance(scenario.failedStart)) {
          this.failedStarts++
          return this.#died(false)
        }
        return this.#opened()
      case 'loading':
        return this.#answerLoad(this.phase.verifier)
      case 'unloading': {
        const { verifier } = this.phase
        if (hasAccident(this.#world)) return this.#died(random.chance(scenario.stuck))
        this.loaded.delete(verifier)
        this.phase = { name: 'idle' }
        return this.#world.emit({ type: 'verifierUnloaded', lane: this.id, verifier })
      }
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

  /** Among what else it posts, in its order. */
  #tellOfLimits(): void {
    if (this.phase.name === 'idle' && this.#thread.inbox.length > 0) return this.#receive()
    const use = this.#thread.shares.tell()
    this.#thread.inbox.push({ type: 'limitUsed', assignment: NO_ASSIGNMENT, use })
  }

  /** A thread that could not be ended has exited after all. */
  exit(): void {
    this.stuckThreads--
    if (this.phase.name === 'stuck') this.phase = { name: 'closed' }
    this.#world.emit({ type: 'laneExited', lane: this.id })
  }

  #opened(): void {
    this.#thread = new SimulatedThread(this.#world)
    this.isFresh = this.#isBlank = true
    this.#heapMb = 0
    this.failedStarts = 0
    this.phase = { name: 'idle' }
    this.#world.emit({ type: 'laneOpened', lane: this.id })
  }

  #answerLoad(verifier: VerifierId): void {
    const end = endOfLoad(this.#world, verifier, this.#isBlank)
    if (end === 'stuck') return this.#died(true)
    if (end === 'died') {
      if (this.#isBlank) this.failed.add(verifier)
      return this.#died(false)
    }
    if (end === 'accident') return this.#died(false)
    this.#isBlank = false
    this.phase = { name: 'idle' }
    if (end === 'failed') {
      this.failed.add(verifier)
      return this.#world.emit({ type: 'verifierFailed', lane: this.id, verifier, error: new Error('setup failed') })
    }
    this.loaded.add(verifier)
    this.#world.emit({ type: 'verifierLoaded', lane: this.id, verifier })
  }

  #dispatch(command: Dispatch, work: SimulatedWork): void {
    const { phase } = this
    const isBehind = phase.name === 'working' && phase.behind === undefined && !phase.isOverdue
    // It has died with something that it had begun before anybody heard of it.
    const isDying = phase.name === 'dying' && phase.behind === undefined
    this.#mustBeFreeFor(command, isBehind || isDying)
    this.isFresh = false
    const failures = unsendableIn(command, work)
    if (failures.length > 0) {
      this.#refused = command.assignment
      this.#world.emit({ type: 'unsendable', lane: this.id, assignment: command.assignment, failures })
      return
    }
    if (isDying) {
      if (phase.work === undefined) phase.work = work
      else phase.behind = work
      return
    }
    this.#thread.receive(work)
    if (isBehind) phase.behind = work
    else this.phase = working(work)
  }

  /** @param isLinedUp - to wait behind something */
  #mustBeFreeFor(command: Dispatch, isLinedUp: boolean): void {
    const { scenario } = this.#world
    const isIdle = this.phase.name === 'idle'
    this.#must(isIdle || (isLinedUp && scenario.assignmentsPerLane === 2), command.type)
    this.#must(this.loaded.has(command.verifier), command.type)
    this.#must(!isIdle || this.#thread.abandoned < MAX_ABANDONED, 'dispatch to a thread full of abandoned tasks')
    this.#must(this.#heapMb < scenario.recycling.heapMb, 'dispatch to a thread that is worn out')
    this.#must(!command.alone || this.isFresh, 'dispatch of a suspect to a used thread')
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
    const { phase } = this
    if (phase.name === 'working') this.phase = { name: 'dying', work: phase.work, behind: phase.behind }
  }

  /** By nobody's fault: nothing can be certain then. */
  #standStill(phase: WorkingPhase): void {
    if (
      phase.isOverdue ||
      !this.#isHeardOf(phase) ||
      (this.#thread.running.length === 1 && this.#thread.abandoned === 0)
    )
      return
    this.#overdue(phase)
  }

  /** The thread has not gone on to something that nobody has heard of. */
  #isHeardOf({ work }: WorkingPhase): boolean {
    return this.#thread.work === work
  }

  #overdue(phase: WorkingPhase): void {
    phase.isOverdue = true
    const { running, abandoned } = this.#thread
    const { assignment } = phase.work.dispatch
    const certain = running.length === 1 && abandoned === 0
    this.#world.emit({ type: 'overdue', lane: this.id, assignment, running: [...running], certain })
  }

  #receive(): void {
    const message = this.#thread.inbox.shift()!
    if (message.type === 'ended') {
      this.phase = afterEnd(this.phase)
      this.#heapMb = this.#world.random.between(0, 60)
    }
    this.#world.emit(eventOf(message, this.id, this.#heapMb))
  }

  #died(stuck: boolean): void {
    const { phase } = this
    // Of what nobody has heard that it was begun, nobody knows what ran.
    const work = phase.name === 'working' || phase.name === 'dying' ? phase.work : undefined
    const running = work !== undefined && work === this.#thread.work ? [...this.#thread.running] : []
    this.#thread.die()
    this.#thread = new SimulatedThread(this.#world)
    this.loaded.clear()
    this.phase = { name: stuck ? 'stuck' : 'closed' }
    if (stuck) this.stuckThreads++
    this.#world.emit({ type: 'laneDied', lane: this.id, running, error: DIED, stuck })
  }

  /** It may have died or refused the work already, without the coordinator having heard of it. */
  #isAt(assignment: number): boolean {
    if (['dying', 'idle'].includes(this.phase.name) || this.#refused === assignment) return true
    return [this.work, this.behind].some((work) => work?.dispatch.assignment === assignment)
  }

  #must(isRight: boolean, what: string): void {
    if (!isRight) throw new Error(`${what}: not while lane ${this.id} is ${this.phase.name}`)
  }
}
