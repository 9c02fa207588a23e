import { Coordinator } from '../coordinator.ts'
import type { Command } from '../commands.ts'
import type { Event, LimitName } from '../events.ts'
import { checkAfter } from './check-after.ts'
import type { LaneWorld } from './lane-world.ts'
import type { Machine, PlayOptions } from './machine.ts'
import { ArrivalMerge, InputMerge } from './merge.ts'
import { must } from './must.ts'
import { Random } from './random.ts'
import type { Scenario } from './scenario.ts'
import { SimulatedLane } from './simulated-lane.ts'
import { SimulatedLimits } from './simulated-limits.ts'
import { SimulatedRun } from './simulated-run.ts'
import type { SimulatedWork } from './simulated-work.ts'
import { SimulatedVerifiers } from './simulated-verifiers.ts'
import { tell } from './tell.ts'

/** Steps take a millisecond or so: while limits are locked they are all in vain. */
const HURRY = 20

/** All that the coordinator drives: tells it what happens, does what it says, and holds that against what it may say. */
export class SimulatedWorld implements LaneWorld {
  readonly scenario: Scenario
  readonly random: Random
  accidents: number
  readonly lanes: readonly SimulatedLane[]
  readonly runs: readonly SimulatedRun[]
  readonly limits: SimulatedLimits
  isWaitingToShare = false
  /** When it is to be looked again whether limits are locked: not before that time, unless nothing else can happen. */
  deadlockDueAt: number | undefined
  nowMs = 0
  readonly #verifiers: SimulatedVerifiers
  readonly #machine: Machine
  readonly #log: ((line: string) => void) | undefined
  readonly #events: Event[] = []
  #isHandling = false

  constructor(scenario: Scenario, options: PlayOptions) {
    this.scenario = scenario
    this.random = new Random(~scenario.seed)
    this.accidents = scenario.accidents
    this.#log = options.log
    const make = options.makeMachine ?? ((lanes, how) => new Coordinator(lanes, how))
    const { lanes, recycling, assignmentsPerLane, limits } = scenario
    this.limits = new SimulatedLimits(limits)
    this.#machine = make(lanes, { isChecked: options.isChecked ?? false, recycling, assignmentsPerLane, limits })
    this.lanes = Array.from({ length: scenario.lanes }, (_, id) => new SimulatedLane(id, this))
    this.#verifiers = new SimulatedVerifiers(this.lanes)
    const makeMerge = options.makeMerge ?? ((order) => (order === 'input' ? new InputMerge() : new ArrivalMerge()))
    this.runs = scenario.runs.map((plan) => new SimulatedRun(plan, makeMerge(plan.settings.order)))
  }

  start(): void {
    this.#carryOut(this.#machine.start())
  }

  emit(event: Event): void {
    this.#events.push(event)
    if (this.#isHandling) return
    this.#isHandling = true
    for (let next = this.#events.shift(); next !== undefined; next = this.#events.shift()) {
      this.#log?.(tell(next))
      this.#notice(next)
      this.#carryOut(this.#machine.handle(next, this.nowMs))
      checkAfter(next, this.lanes)
    }
    this.#isHandling = false
  }

  hasRate(limit: LimitName): boolean {
    return this.limits.hasRate(limit)
  }

  began(limit: LimitName): void {
    const atOnce = this.lanes.reduce((sum, lane) => sum + lane.holders(limit), 0)
    this.limits.began(limit, atOnce, this.nowMs)
  }

  mayHaveAccident({ dispatch, task: taskAt }: SimulatedWork): boolean {
    if (!dispatch.alone) return true
    const task = taskAt(dispatch.ranges[0]!)
    const natures = task.units.length === 0 ? [task.nature] : task.units.map(({ nature }) => nature)
    const isHarmless = natures.every((nature) => ['passes', 'stops', 'throws', 'slow'].includes(nature))
    return isHarmless && task.nature !== 'poisons' && task.accidentsAlone++ === 0
  }

  /** Before the coordinator hears of it. */
  #notice(event: Event): void {
    if (event.type === 'limitUpdated') this.limits.updated(event.limit, event.settings)
    if (event.type === 'verifierRemoved') this.#verifiers.remove(event.verifier)
    if ('run' in event) this.#run(event.run).notice(event, this.#verifiers.removed)
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
      return this.lanes[lane]!.execute(command, command.type === 'dispatch' ? this.#workOf(command) : undefined)
    }
    if (command.type === 'waitToShare') {
      this.isWaitingToShare = true
    } else if (command.type === 'waitForDeadlock') {
      this.deadlockDueAt = this.nowMs + command.delayMs / HURRY
    } else if (command.type === 'waitForLimit') {
      this.limits.wait(command.limit, this.nowMs + command.delayMs)
    } else if (command.type === 'verifierReady' || command.type === 'verifierUnusable') {
      this.#verifiers.readinessTold(command.verifier, command.type === 'verifierReady')
    } else if (command.type === 'verifierGone') {
      this.#verifiers.goneTold(command.verifier, this.#isInUse(command.verifier))
    } else this.#tellRun(this.#run(command.run), command)
  }

  #isInUse(verifier: number): boolean {
    return this.runs.some((run) => run.isAdded && run.end === undefined && run.plan.verifier === verifier)
  }

  /** What runs is told to end only if somebody wants the run to end now. */
  #checkAbort(lane: number): void {
    const { work } = this.lanes[lane]!
    const run = work === undefined ? undefined : this.#run(work.dispatch.run)
    if (run === undefined) return
    const isHaltedNow = run.plan.settings.halt === 'now' && run.isBreached()
    const isGivenUp = run.isBroken || this.#verifiers.isHopeless(run.plan.verifier)
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
        if (command.status === 'aborted') run.isCutShort ||= this.#verifiers.isHopeless(run.plan.verifier)
        run.settle(command)
        return this.#drain(run)
      case 'keepChecks':
        return run.keepChecks(command)
      case 'settleCheck':
        return run.settleCheck(command)
      case 'releaseShard':
        return run.release(command.shard)
      case 'endRun':
        if (command.end.how === 'failed' && !run.isCutShort) {
          must(
            run.plan.sourceBreaks || this.#verifiers.isHopeless(run.plan.verifier) || run.isBreached(),
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

  #workOf(dispatch: Extract<Command, { type: 'dispatch' }>): SimulatedWork {
    const run = this.#run(dispatch.run)
    const others = this.lanes.filter(({ id, work }) => id !== dispatch.lane && work?.dispatch.run === dispatch.run)
    const { work: first } = this.lanes[dispatch.lane]!
    must(first === undefined || first.dispatch.run === dispatch.run, 'a shard of another run waits behind this one')
    const running = others.reduce((sum, { work }) => sum + work!.dispatch.concurrency, dispatch.concurrency)
    const most = run.mostAtOnce(Math.max(this.lanes.length, this.limits.ceiling))
    must(running <= most, `${running} tasks may be running, at most ${most} allowed`)
    must(run.mayMakeValues(dispatch.shard), 'dispatched although values wait beyond the bound')
    return { dispatch, isAsync: run.plan.isAsync, task: run.tasksOf(dispatch.shard), checks: run.plan.checks }
  }

  #run(id: number): SimulatedRun {
    return this.runs[id - 1]!
  }

  /** Nothing can happen any more: everything has to be done. */
  checkEnd(): void {
    for (const run of this.runs) {
      must(run.isOver, `nothing can happen any more, and run ${run.plan.id} has not ended`)
      must(!this.#machine.state.runs.has(run.plan.id), `run ${run.plan.id} is not forgotten`)
    }
    this.limits.checkEnd(this.#machine.state)
    this.#verifiers.checkEnd(this.scenario)
  }
}
