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
  /** Positions that wait for a permit, and how many each has. */
  readonly waiting = new Set<number>()
  readonly holders = new Map<number, number>()
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

  /** What it was told last may not be so any more. */
  changed(): void {
    this.#isNew = true
  }

  release(position: number): void {
    if (this.waiting.delete(position)) this.#isNew = true
    for (let permits = this.holders.get(position) ?? 0; permits > 0; permits--) this.#end()
    this.holders.delete(position)
    this.#goOn()
  }

  #end(): void {
    this.#isNew = true
    this.#calls++
    const isRejected = this.#world.random.chance(0.1)
    if (isRejected) this.#rejected++
    if (isRejected || this.#recalled > 0 || this.#world.hasRate(this.#name)) this.#giveBack(1)
    else this.#free++
  }

  /** @param blocked - calls with a permit of this one that wait, by limit */
  tell(blocked: Readonly<Record<LimitName, number>>): LimitMessage {
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
      blocked,
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
      this.holders.set(position, (this.holders.get(position) ?? 0) + 1)
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
  readonly #calls = new Map<number, number>()

  constructor(world: LimitWorld) {
    this.#world = world
  }

  /** Something is there to be told. */
  get hasNews(): boolean {
    return [...this.#shares.values()].some(({ hasNews }) => hasNews)
  }

  execute(command: LimitCommand): void {
    this.#share(command.limit).execute(command)
    for (const share of this.#shares.values()) share.changed()
  }

  ask(limit: LimitName, position: number): void {
    this.#calls.set(position, this.calls(position) + 1)
    this.#share(limit).ask(position)
    for (const share of this.#shares.values()) if (share.holders.has(position)) share.changed()
  }

  /** How many calls the task at this position makes, or waits to make. */
  calls(position: number): number {
    return this.#calls.get(position) ?? 0
  }

  /** The last call that waits for the limit with a permit of one of those. */
  lastLocked(limit: LimitName, among: readonly LimitName[]): number | undefined {
    const holds = (position: number): boolean => among.some((name) => this.#shares.get(name)?.holders.has(position))
    return [...(this.#shares.get(limit)?.waiting ?? [])].filter(holds).at(-1)
  }

  isWaiting(position: number): boolean {
    return [...this.#shares.values()].some(({ waiting }) => waiting.has(position))
  }

  /** The task at this position has come to its end. */
  release(position: number): void {
    this.#calls.delete(position)
    for (const share of this.#shares.values()) share.release(position)
    for (const share of this.#shares.values()) share.changed()
  }

  holders(limit: LimitName): number {
    return [...(this.#shares.get(limit)?.holders.values() ?? [])].reduce((sum, permits) => sum + permits, 0)
  }

  tell(): LimitMessage {
    const share = [...this.#shares.values()].find(({ hasNews }) => hasNews)
    must(share !== undefined, 'a thread tells of limits when there is nothing to tell')
    const blocked = [...this.#shares].flatMap(([name, other]): [string, number][] => {
      const count = [...other.waiting].reduce((sum, position) => sum + (share!.holders.get(position) ?? 0), 0)
      return count > 0 ? [[name, count]] : []
    })
    return share!.tell(Object.fromEntries(blocked))
  }

  #share(limit: LimitName): SimulatedShare {
    const share = this.#shares.get(limit) ?? new SimulatedShare(limit, this.#world)
    this.#shares.set(limit, share)
    return share
  }
}
