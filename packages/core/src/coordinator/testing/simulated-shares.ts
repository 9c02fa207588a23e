import type { Command } from '../commands.ts'
import type { LimitName, LimitUsed } from '../events.ts'
import { must } from './must.ts'
import type { Random } from './random.ts'

/** Who is told of what threads do with limits, and knows what time it is. */
export interface LimitWorld {
  readonly random: Random
  readonly nowMs: number
  hasRate(limit: LimitName): boolean
  /** A call is begun. */
  began(limit: LimitName): void
}

type LimitCommand = Extract<Command, { type: 'grant' | 'recall' }>
/** What a thread says of a limit, but for which lane it is. */
export type LimitMessage = Omit<LimitUsed, 'lane'>

/** A thread's part of one limit. */
class SimulatedShare {
  /** Positions that wait for a permit, and such that have one. */
  readonly waiting = new Set<number>()
  readonly holders = new Set<number>()
  readonly #name: LimitName
  readonly #world: LimitWorld
  #granted = 0
  #free = 0
  #recalled = 0
  #returned = 0
  #unused = 0
  #starts: number[] = []
  #calls = 0
  #rejected = 0
  #isNew = false

  constructor(name: LimitName, world: LimitWorld) {
    this.#name = name
    this.#world = world
  }

  get hasNews(): boolean {
    return this.#isNew || this.#free > 0
  }

  execute({ type, permits }: LimitCommand): void {
    this.#isNew = true
    if (type === 'recall') this.#recalled += permits
    else {
      this.#granted += permits
      this.#free += permits
    }
    this.#goOn()
  }

  ask(position: number): void {
    this.#isNew = true
    this.waiting.add(position)
    this.#goOn()
  }

  release(position: number): void {
    if (this.waiting.delete(position)) this.#isNew = true
    if (!this.holders.delete(position)) return
    this.#isNew = true
    this.#calls++
    const isRejected = this.#world.random.chance(0.1)
    if (isRejected) this.#rejected++
    if (isRejected || this.#recalled > 0 || this.#world.hasRate(this.#name)) this.#giveBack(1)
    else this.#free++
    this.#goOn()
  }

  tell(): LimitMessage {
    // What lies here unused goes back, sooner or later.
    if (this.#world.random.chance(0.5)) this.#giveBackUnused(this.#free)
    const message: LimitMessage = {
      type: 'limitUsed',
      limit: this.#name,
      granted: this.#granted,
      waiting: this.waiting.size,
      returned: this.#returned,
      starts: this.#starts,
      unused: this.#unused,
      results: { calls: this.#calls, failed: this.#rejected, rejected: this.#rejected, logMsSum: this.#calls },
      refused: 0,
      waits: 0,
      waitedMs: 0,
    }
    this.#returned = this.#unused = this.#calls = this.#rejected = 0
    this.#starts = []
    this.#isNew = false
    return message
  }

  #goOn(): void {
    this.#giveBackUnused(Math.min(this.#free, this.#recalled))
    for (const position of this.waiting) {
      if (this.#free === 0) return
      this.#free--
      this.waiting.delete(position)
      this.holders.add(position)
      if (this.#world.hasRate(this.#name)) this.#starts.push(this.#world.nowMs)
      this.#world.began(this.#name)
    }
    if (this.#world.hasRate(this.#name)) this.#giveBackUnused(this.#free)
  }

  #giveBackUnused(permits: number): void {
    this.#free -= permits
    if (this.#world.hasRate(this.#name)) this.#unused += permits
    this.#giveBack(permits)
  }

  #giveBack(permits: number): void {
    this.#returned += permits
    this.#recalled = Math.max(0, this.#recalled - permits)
  }
}

/** What a thread has of all limits, as `@fanfold/workers` goes about it. */
export class SimulatedShares {
  readonly #world: LimitWorld
  readonly #shares = new Map<LimitName, SimulatedShare>()

  constructor(world: LimitWorld) {
    this.#world = world
  }

  /** Something is there to be told. */
  get hasNews(): boolean {
    return [...this.#shares.values()].some(({ hasNews }) => hasNews)
  }

  execute(command: LimitCommand): void {
    this.#share(command.limit).execute(command)
  }

  ask(limit: LimitName, position: number): void {
    this.#share(limit).ask(position)
  }

  isWaiting(position: number): boolean {
    return [...this.#shares.values()].some(({ waiting }) => waiting.has(position))
  }

  /** The task at this position has come to its end. */
  release(position: number): void {
    for (const share of this.#shares.values()) share.release(position)
  }

  holders(limit: LimitName): number {
    return this.#shares.get(limit)?.holders.size ?? 0
  }

  tell(): LimitMessage {
    const share = [...this.#shares.values()].find(({ hasNews }) => hasNews)
    must(share !== undefined, 'a thread tells of limits when there is nothing to tell')
    return share!.tell()
  }

  #share(limit: LimitName): SimulatedShare {
    const share = this.#shares.get(limit) ?? new SimulatedShare(limit, this.#world)
    this.#shares.set(limit, share)
    return share
  }
}
