import type { LimitTerms, ToLimit } from '@fanfold/workers/protocol'
import type { Command } from '../coordinator/commands.ts'
import type { Event, LaneId, LimitName } from '../coordinator/events.ts'
import type { LimitState } from '../coordinator/state.ts'
import type { LimitStatus } from '../options/limit-options.ts'
import type { LimitSettings } from '../policy/limits/limit-settings.ts'
import { baselineOf, limitStatuses } from './limit-status.ts'
import type { LimitsBaseline } from './limit-status.ts'
import { monotonicMs } from './monotonic-clock.ts'

type LimitCommand = Extract<Command, { readonly limit: LimitName } | { readonly type: 'waitForDeadlock' }>

/** What the limits need of the world. */
export interface LimitsOutside {
  readonly lanes: number
  /** As the coordinator knows them. */
  readonly known: ReadonlyMap<LimitName, LimitState>
  /** To the lane's thread, if it has one. */
  send(lane: LaneId, message: ToLimit): void
  /** To the coordinator. */
  handle(event: Event): void
}

/** Carries out what the coordinator decides about limits, and tells what has happened at them. */
export class ConductedLimits {
  readonly #outside: LimitsOutside
  readonly #settings: Map<LimitName, LimitSettings>
  #deadlockTimer: NodeJS.Timeout | undefined
  readonly #timers = new Map<LimitName, NodeJS.Timeout>()

  constructor(limits: Readonly<Record<LimitName, LimitSettings>>, outside: LimitsOutside) {
    this.#settings = new Map(Object.entries(limits))
    this.#outside = outside
  }

  /** Other settings hold from now on. */
  update(name: LimitName, change: (before: LimitSettings) => LimitSettings): void {
    const settings = change(this.#settings.get(name)!)
    this.#settings.set(name, settings)
    for (let lane = 0; lane < this.#outside.lanes; lane++) this.#introduce(lane, name, settings)
    this.#outside.handle({ type: 'limitUpdated', limit: name, settings })
  }

  /** From now on it is counted what happens: {@link statuses} tells. */
  baseline(): LimitsBaseline {
    return baselineOf(this.#outside.known, monotonicMs())
  }

  /** Of each limit; `undefined` where there are none. */
  statuses(since: LimitsBaseline): Record<LimitName, LimitStatus> | undefined {
    return limitStatuses(this.#outside.known, since)
  }

  /** A thread is there that knows no limit yet. */
  introduceAll(lane: LaneId): void {
    for (const [name, settings] of this.#settings) this.#introduce(lane, name, settings)
  }

  execute(command: LimitCommand): void {
    switch (command.type) {
      case 'grant':
      case 'recall':
      case 'refuse':
      case 'unlock': {
        const { lane, ...message } = command
        return this.#outside.send(lane, message)
      }
      case 'waitForDeadlock':
        clearTimeout(this.#deadlockTimer)
        this.#deadlockTimer = setTimeout(() => this.#outside.handle({ type: 'deadlockDue' }), command.delayMs).unref()
        return
      case 'waitForLimit': {
        const { limit } = command
        clearTimeout(this.#timers.get(limit))
        // A thread in which a task waits keeps the process alive.
        this.#timers.set(
          limit,
          setTimeout(() => this.#outside.handle({ type: 'limitDue', limit }), command.delayMs).unref(),
        )
      }
    }
  }

  close(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer)
    clearTimeout(this.#deadlockTimer)
  }

  #introduce(lane: LaneId, name: LimitName, { rate, queueTimeoutMs }: LimitSettings): void {
    const terms: LimitTerms = { name, hasRate: rate !== undefined, queueTimeoutMs }
    this.#outside.send(lane, { type: 'limit', terms })
  }
}
