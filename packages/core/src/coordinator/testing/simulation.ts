import type { Event } from '../events.ts'
import type { PlayOptions } from './machine.ts'
import { must } from './must.ts'
import { plansOf } from './plans.ts'
import type { Plan } from './plans.ts'
import type { Scenario } from './scenario.ts'
import type { SimulatedRun } from './simulated-run.ts'
import { SimulatedWorld } from './simulated-world.ts'

/** A schedule needs a few steps a task, and some for its threads; the worst of a million stays below a fifth of this. */
const MOST_STEPS = 1000
const MOST_STEPS_PER_TASK = 50
/** One that makes a call within a call may wait, with others, until the deadlock is seen, and again after each retry. */
const MOST_STEPS_PER_NESTED_TASK = 500

/** Plays one schedule to its end. @returns how many steps it took. @throws when anything is not as it has to be. */
export function play(scenario: Scenario, options: PlayOptions = {}): number {
  return new Simulation(scenario, options).play()
}

/** What happens in a world, one thing after another, drawn at random. */
class Simulation {
  readonly #world: SimulatedWorld
  readonly #plans: Plan[]

  constructor(scenario: Scenario, options: PlayOptions) {
    this.#world = new SimulatedWorld(scenario, options)
    this.#plans = plansOf(scenario)
  }

  play(): number {
    this.#world.start()
    const tasks = this.#world.runs.flatMap((run) => run.tasks)
    const nested = tasks.filter(({ limits }) => limits.length > 1).length
    const most = MOST_STEPS + MOST_STEPS_PER_TASK * tasks.length + MOST_STEPS_PER_NESTED_TASK * nested
    let steps = 0
    while (this.#step(steps)) {
      steps++
      must(steps < most, `no end in sight after ${steps} steps`)
    }
    this.#world.checkEnd()
    return steps
  }

  /** One thing happens. @returns false when nothing can. */
  #step(step: number): boolean {
    this.#world.nowMs += this.#world.random.between(0, 2)
    const plan = this.#plans[0]
    if (plan !== undefined && plan.at <= step) return this.#next()
    if (this.#world.random.chance(0.02)) this.#meddle()
    const active: (() => void)[] = []
    for (const lane of this.#world.lanes) if (lane.isActive) active.push(() => lane.step())
    for (const run of this.#world.runs) this.#addActions(run, active)
    if (this.#world.isWaitingToShare) active.push(() => this.#share())
    const dueAt = this.#world.deadlockDueAt
    if (dueAt !== undefined && (dueAt <= this.#world.nowMs || active.length === 0))
      active.push(() => this.#deadlockDue(dueAt))
    if (this.#world.limits.timer !== undefined) active.push(() => this.#limitDue())
    if (active.length > 0) {
      this.#world.random.pick(active)()
      return true
    }
    const stopped = this.#world.runs.find((run) => run.outbox.length > 0)
    if (stopped === undefined) return plan !== undefined && this.#next()
    this.#world.emit(stopped.take())
    return true
  }

  #addActions(run: SimulatedRun, active: (() => void)[]): void {
    if (run.waiting.length > 0) active.push(() => this.#world.emit(this.#wakeOne(run)))
    if (run.pending !== undefined) active.push(() => this.#world.emit(run.answer()))
    if (run.outbox.length === 0) return
    const { consumer } = run.plan
    if (consumer === 'takes' || (consumer === 'slow' && this.#world.random.chance(0.1)))
      active.push(() => this.#world.emit(run.take()))
  }

  #share(): void {
    this.#world.isWaitingToShare = false
    this.#world.emit({ type: 'shareDue' })
  }

  #deadlockDue(dueAt: number): void {
    this.#world.nowMs = Math.max(this.#world.nowMs, dueAt)
    this.#world.deadlockDueAt = undefined
    this.#world.emit({ type: 'deadlockDue' })
  }

  #limitDue(): void {
    const { limit, atMs } = this.#world.limits.timer!
    this.#world.nowMs = Math.max(this.#world.nowMs, atMs)
    this.#world.limits.fired(limit)
    this.#world.emit({ type: 'limitDue', limit })
  }

  /** Timers fire in any order. */
  #wakeOne({ waiting }: SimulatedRun): Event {
    return waiting.splice(this.#world.random.between(0, waiting.length - 1), 1)[0]!
  }

  #next(): boolean {
    this.#world.emit(this.#plans.shift()!.event)
    return true
  }

  /** What nothing may depend on: stuck threads that exit, idle ones that die. */
  #meddle(): void {
    const lane = this.#world.random.pick(this.#world.lanes)
    if (lane.stuckThreads > 0) lane.exit()
    else if (lane.phase.name === 'idle') lane.step()
  }
}
