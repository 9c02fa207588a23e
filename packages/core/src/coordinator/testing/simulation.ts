import { Coordinator } from '../coordinator.ts'
import type { Command } from '../commands.ts'
import type { Event, LimitName } from '../events.ts'
import { ArrivalMerge, InputMerge } from './merge.ts'
import { checkAfter } from './check-after.ts'
import type { Machine, PlayOptions } from './machine.ts'
import { plansOf } from './plans.ts'
import type { Plan } from './plans.ts'
import { Random } from './random.ts'
import type { Scenario } from './scenario.ts'
import { SimulatedLane } from './simulated-lane.ts'
import type { LaneWorld } from './lane-world.ts'
import { SimulatedLimits } from './simulated-limits.ts'
import { must } from './must.ts'
import { SimulatedRun } from './simulated-run.ts'
import type { SimulatedWork } from './simulated-thread.ts'
import { tell } from './tell.ts'

/** A schedule needs a few steps a task, and some for its threads; the worst of a million stays below a fifth of this. */
const MOST_STEPS = 1000
const MOST_STEPS_PER_TASK = 50
/** One that makes a call within a call may wait, with others, until the deadlock is seen, and again after each retry. */
const MOST_STEPS_PER_NESTED_TASK = 500
/** Steps take a millisecond or so: while limits are locked they are all in vain. */
const HURRY = 20

/** Plays one schedule to its end. @returns how many steps it took. @throws when anything is not as it has to be. */
export function play(scenario: Scenario, options: PlayOptions = {}): number {
  return new Simulation(scenario, options).play()
}

class Simulation implements LaneWorld {
  readonly scenario: Scenario
  readonly random: Random
  accidents: number
  readonly #machine: Machine
  readonly #log: ((line: string) => void) | undefined
  readonly #lanes: readonly SimulatedLane[]
  readonly #runs: readonly SimulatedRun[]
  readonly #plans: Plan[]
  /** Verifiers by what the coordinator has told about them. */
  readonly #told = new Set<number>()
  readonly #removed = new Set<number>()
  readonly #gone = new Set<number>()
  readonly #events: Event[] = []
  #isHandling = false
  #isWaitingToShare = false
  /** When it is to be looked again whether limits are locked: not before that time, unless nothing else can happen. */
  #deadlockDueAt: number | undefined
  readonly #limits: SimulatedLimits
  nowMs = 0

  constructor(scenario: Scenario, options: PlayOptions) {
    this.scenario = scenario
    this.random = new Random(~scenario.seed)
    this.accidents = scenario.accidents
    this.#log = options.log
    const make = options.makeMachine ?? ((lanes, how) => new Coordinator(lanes, how))
    const { lanes, recycling, assignmentsPerLane, limits } = scenario
    this.#limits = new SimulatedLimits(limits)
    this.#machine = make(lanes, { isChecked: options.isChecked ?? false, recycling, assignmentsPerLane, limits })
    this.#lanes = Array.from({ length: scenario.lanes }, (_, id) => new SimulatedLane(id, this))
    const makeMerge = options.makeMerge ?? ((order) => (order === 'input' ? new InputMerge() : new ArrivalMerge()))
    this.#runs = scenario.runs.map((plan) => new SimulatedRun(plan, makeMerge(plan.settings.order)))
    this.#plans = plansOf(scenario)
  }

  play(): number {
    this.#carryOut(this.#machine.start())
    const tasks = this.#runs.flatMap((run) => run.tasks)
    const nested = tasks.filter(({ limits }) => limits.length > 1).length
    const most = MOST_STEPS + MOST_STEPS_PER_TASK * tasks.length + MOST_STEPS_PER_NESTED_TASK * nested
    let steps = 0
    while (this.#step(steps)) {
      steps++
      must(steps < most, `no end in sight after ${steps} steps`)
    }
    this.#checkEnd()
    return steps
  }

  emit(event: Event): void {
    this.#events.push(event)
    if (this.#isHandling) return
    this.#isHandling = true
    for (let next = this.#events.shift(); next !== undefined; next = this.#events.shift()) {
      this.#log?.(tell(next))
      this.#notice(next)
      this.#carryOut(this.#machine.handle(next, this.nowMs))
      checkAfter(next, this.#lanes)
    }
    this.#isHandling = false
  }

  hasRate(limit: LimitName): boolean {
    return this.#limits.hasRate(limit)
  }

  began(limit: LimitName): void {
    const atOnce = this.#lanes.reduce((sum, lane) => sum + lane.holders(limit), 0)
    this.#limits.began(limit, atOnce, this.nowMs)
  }

  mayHaveAccident({ dispatch, task: taskAt }: SimulatedWork): boolean {
    if (!dispatch.alone) return true
    const task = taskAt(dispatch.ranges[0]!)
    return ['passes', 'throws', 'slow'].includes(task.nature) && task.accidentsAlone++ === 0
  }

  /** One thing happens. @returns false when nothing can. */
  #step(step: number): boolean {
    this.nowMs += this.random.between(0, 2)
    const plan = this.#plans[0]
    if (plan !== undefined && plan.at <= step) return this.#next()
    if (this.random.chance(0.02)) this.#meddle()
    const active: (() => void)[] = []
    for (const lane of this.#lanes) if (lane.isActive) active.push(() => lane.step())
    for (const run of this.#runs) this.#addActions(run, active)
    if (this.#isWaitingToShare) active.push(() => this.#share())
    const dueAt = this.#deadlockDueAt
    if (dueAt !== undefined && (dueAt <= this.nowMs || active.length === 0)) active.push(() => this.#deadlockDue(dueAt))
    if (this.#limits.timer !== undefined) active.push(() => this.#limitDue())
    if (active.length > 0) {
      this.random.pick(active)()
      return true
    }
    const stopped = this.#runs.find((run) => run.outbox.length > 0)
    if (stopped === undefined) return plan !== undefined && this.#next()
    this.emit(stopped.take())
    return true
  }

  #addActions(run: SimulatedRun, active: (() => void)[]): void {
    if (run.waiting.length > 0) active.push(() => this.emit(this.#wakeOne(run)))
    if (run.pending !== undefined) active.push(() => this.emit(run.answer()))
    if (run.outbox.length === 0) return
    const { consumer } = run.plan
    if (consumer === 'takes' || (consumer === 'slow' && this.random.chance(0.1)))
      active.push(() => this.emit(run.take()))
  }

  #share(): void {
    this.#isWaitingToShare = false
    this.emit({ type: 'shareDue' })
  }

  #deadlockDue(dueAt: number): void {
    this.nowMs = Math.max(this.nowMs, dueAt)
    this.#deadlockDueAt = undefined
    this.emit({ type: 'deadlockDue' })
  }

  #limitDue(): void {
    const { limit, atMs } = this.#limits.timer!
    this.nowMs = Math.max(this.nowMs, atMs)
    this.#limits.fired(limit)
    this.emit({ type: 'limitDue', limit })
  }

  /** Timers fire in any order. */
  #wakeOne({ waiting }: SimulatedRun): Event {
    return waiting.splice(this.random.between(0, waiting.length - 1), 1)[0]!
  }

  #next(): boolean {
    this.emit(this.#plans.shift()!.event)
    return true
  }

  /** What nothing may depend on: stuck threads that exit, idle ones that die. */
  #meddle(): void {
    const lane = this.random.pick(this.#lanes)
    if (lane.stuckThreads > 0) lane.exit()
    else if (lane.phase.name === 'idle') lane.step()
  }

  /** Before the coordinator hears of it. */
  #notice(event: Event): void {
    if (event.type === 'limitUpdated') this.#limits.updated(event.limit, event.settings)
    if (event.type === 'verifierRemoved') this.#removed.add(event.verifier)
    if ('run' in event) this.#run(event.run).notice(event, this.#removed)
  }

  #carryOut(commands: readonly Command[]): void {
    for (const command of commands) {
      this.#log?.(`    ${tell(command)}`)
      this.#execute(command)
    }
  }

  #execute(command: Command): void {
    if ('lane' in command) {
      const { lane } = command
      if (command.type === 'abort') this.#checkAbort(lane)
      return this.#lanes[lane]!.execute(command, command.type === 'dispatch' ? this.#workOf(command) : undefined)
    }
    if (command.type === 'waitToShare') {
      this.#isWaitingToShare = true
    } else if (command.type === 'waitForDeadlock') {
      this.#deadlockDueAt = this.nowMs + command.delayMs / HURRY
    } else if (command.type === 'waitForLimit') {
      this.#limits.wait(command.limit, this.nowMs + command.delayMs)
    } else if (command.type === 'verifierReady' || command.type === 'verifierUnusable') {
      const { verifier } = command
      must(!this.#told.has(verifier), `verifier ${verifier}: its readiness was told twice`)
      this.#told.add(verifier)
      if (command.type === 'verifierUnusable' && !this.#removed.has(verifier)) {
        must(this.#isHopeless(verifier), `verifier ${verifier} is unusable for no reason`)
      }
    } else if (command.type === 'verifierGone') this.#verifierGone(command.verifier)
    else this.#tellRun(this.#run(command.run), command)
  }

  /** What runs is told to end only if somebody wants the run to end now. */
  #checkAbort(lane: number): void {
    const { work } = this.#lanes[lane]!
    const run = work === undefined ? undefined : this.#run(work.dispatch.run)
    if (run === undefined) return
    const isHaltedNow = run.plan.settings.halt === 'now' && run.isBreached()
    const isGivenUp = run.isBroken || this.#isHopeless(run.plan.verifier)
    must(run.isCancelledNow || isHaltedNow || isGivenUp, `lane ${lane} is told to end what runs, which may go on`)
  }

  #tellRun(run: SimulatedRun, command: Extract<Command, { run: number }>): void {
    run.isCutShort ||= run.isHalted()
    switch (command.type) {
      case 'read':
        must(run.pending === undefined && run.end === undefined, 'read while it is being read, or after the end')
        must(command.maxTasks >= 1 && command.maxBytes >= 1, 'read nothing')
        run.pending = command
        if (run.plan.isSourceSync) this.emit(run.answer())
        return
      case 'keepShard':
        return run.keep(command)
      case 'deliver':
        run.deliver(command)
        return this.#drain(run)
      case 'settle':
        if (command.status === 'aborted') run.isCutShort ||= this.#isHopeless(run.plan.verifier)
        run.settle(command)
        return this.#drain(run)
      case 'releaseShard':
        return run.release(command.shard)
      case 'endRun':
        if (command.end.how === 'failed' && !run.isCutShort) {
          must(
            run.plan.sourceBreaks || this.#isHopeless(run.plan.verifier) || run.isBreached(),
            `failed for no reason: ${command.end.error.message}`,
          )
        }
        return run.finish(command)
      case 'waitForRetry':
        return run.wait(command)
      case 'dispatch':
        return
    }
  }

  #drain(run: SimulatedRun): void {
    if (run.plan.consumer === 'drains') while (run.outbox.length > 0) this.emit(run.take())
  }

  /** No lane is left on which the verifier could run. */
  #isHopeless(verifier: number): boolean {
    return this.#lanes.every(({ phase, failed }) => ['stuck', 'closed'].includes(phase.name) || failed.has(verifier))
  }

  #verifierGone(verifier: number): void {
    must(this.#removed.has(verifier), `verifier ${verifier} is gone, but was not removed`)
    for (const { id, phase, loaded } of this.#lanes) {
      const isThere = loaded.has(verifier) || (phase.name === 'loading' && phase.verifier === verifier)
      must(!isThere, `verifier ${verifier} is gone, but lane ${id} has it`)
    }
    const user = this.#runs.find((run) => run.isAdded && run.end === undefined && run.plan.verifier === verifier)
    must(user === undefined, `verifier ${verifier} is gone, but a run uses it`)
    this.#gone.add(verifier)
  }

  #workOf(dispatch: Extract<Command, { type: 'dispatch' }>): SimulatedWork {
    const run = this.#run(dispatch.run)
    const others = this.#lanes.filter(({ id, work }) => id !== dispatch.lane && work?.dispatch.run === dispatch.run)
    const { work: first } = this.#lanes[dispatch.lane]!
    must(first === undefined || first.dispatch.run === dispatch.run, 'a shard of another run waits behind this one')
    const running = others.reduce((sum, { work }) => sum + work!.dispatch.concurrency, dispatch.concurrency)
    const most = run.mostAtOnce(Math.max(this.#lanes.length, this.#limits.ceiling))
    must(running <= most, `${running} tasks may be running, at most ${most} allowed`)
    must(run.mayMakeValues(dispatch.shard), 'dispatched although values wait beyond the bound')
    return { dispatch, isAsync: run.plan.isAsync, task: run.tasksOf(dispatch.shard) }
  }

  #run(id: number): SimulatedRun {
    return this.#runs[id - 1]!
  }

  /** Nothing can happen any more: everything has to be done. */
  #checkEnd(): void {
    for (const run of this.#runs) {
      must(run.isOver, `nothing can happen any more, and run ${run.plan.id} has not ended`)
      must(!this.#machine.state.runs.has(run.plan.id), `run ${run.plan.id} is not forgotten`)
    }
    this.#limits.checkEnd(this.#machine.state)
    for (const { id, removeAt } of this.scenario.verifiers) {
      must(removeAt === undefined || this.#gone.has(id), `verifier ${id} is not gone`)
      must(this.#told.has(id) || removeAt !== undefined, `nothing was told about verifier ${id}`)
    }
  }
}
