import type { Deliver } from '../commands.ts'
import type { Settled } from './simulated-work.ts'

/** Outcomes that go to the consumer together. */
export interface Merged {
  readonly shardId: number
  readonly length: number
  readonly valueBytes: number
  positionAt(i: number): number
}

/** Outcomes that count, as the coordinator lets them go. */
export interface Unmerged {
  readonly shard: number
  /** Of the shard. */
  readonly tasks: number
  readonly settled: readonly Settled[]
  readonly positions: Deliver['positions']
  readonly attempts: number
  readonly accepted: Deliver['accepted']
  readonly valueBytes: number
}

/** What a run's outcomes go through: the real thing lies above the coordinator, so it is put in from outside. */
export interface Merge {
  add(outcomes: Unmerged): readonly Merged[]
}

class SimpleBatch implements Merged {
  readonly shardId: number
  readonly valueBytes: number
  readonly #settled: readonly Settled[]

  constructor(shardId: number, settled: readonly Settled[]) {
    this.shardId = shardId
    this.#settled = settled
    this.valueBytes = settled.reduce((sum, outcome) => sum + outcome.valueBytes, 0)
  }

  get length(): number {
    return this.#settled.length
  }

  positionAt(i: number): number {
    return this.#settled[i]!.position
  }
}

/** In the order of arrival. */
export class ArrivalMerge implements Merge {
  add({ shard, settled, accepted }: Unmerged): readonly Merged[] {
    return [new SimpleBatch(shard, accepted === undefined ? settled : accepted.map((at) => settled[at]!))]
  }
}

/** In the order of the source, one by one: slow and simple. */
export class InputMerge implements Merge {
  readonly #waiting = new Map<number, (Settled | undefined)[]>()
  #shard = 0
  #position = 0

  add({ shard, tasks, settled, accepted }: Unmerged): readonly Merged[] {
    const waiting = this.#waiting.get(shard) ?? Array.from<Settled | undefined>({ length: tasks })
    this.#waiting.set(shard, waiting)
    for (const outcome of accepted === undefined ? settled : accepted.map((at) => settled[at]!)) {
      waiting[outcome.position] = outcome
    }
    const merged: Merged[] = []
    for (let head = this.#waiting.get(this.#shard); head !== undefined; head = this.#waiting.get(this.#shard)) {
      for (let next = head[this.#position]; next !== undefined; next = head[this.#position]) {
        merged.push(new SimpleBatch(this.#shard, [next]))
        this.#position++
      }
      if (this.#position < head.length) break
      this.#waiting.delete(this.#shard)
      this.#shard++
      this.#position = 0
    }
    return merged
  }
}
