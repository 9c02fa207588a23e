import { NumbersShard } from './item-shards.ts'
import type { NumberArray } from './item-shards.ts'
import type { ReadLimits, Shard, ShardReader, Source } from './shard.ts'
import { Stretch } from './stretch.ts'

/** The items of an array as it is when the run starts; it must not be changed while the run goes on. */
export function arraySource(items: readonly unknown[]): Source {
  return { totalTasks: items.length, open: async () => new ArrayReader(items) }
}

/** The numbers of a typed array, which must not be changed while the run goes on. */
export function numbersSource(numbers: NumberArray): Source {
  return { totalTasks: numbers.length, open: async () => new NumbersReader(numbers) }
}

class ArrayReader implements ShardReader {
  readonly totalTasks: number
  readonly totalBytes = undefined
  readonly bytesRead = 0
  readonly #items: readonly unknown[]
  #next = 0

  constructor(items: readonly unknown[]) {
    this.#items = items
    this.totalTasks = items.length
  }

  next(limits: ReadLimits): Shard | undefined {
    const from = this.#next
    const most = Math.min(this.totalTasks, from + limits.maxTasks)
    if (from >= most) return undefined
    const items = this.#items
    const stretch = new Stretch()
    let to = from
    while (to < most && stretch.add(items[to], limits.maxBytes)) to++
    this.#next = to
    return stretch.toShard(items, from, to, from)
  }

  close(): void {
    this.#next = this.totalTasks
  }
}

class NumbersReader implements ShardReader {
  readonly totalTasks: number
  readonly totalBytes = undefined
  readonly bytesRead = 0
  readonly #numbers: NumberArray
  #next = 0

  constructor(numbers: NumberArray) {
    this.#numbers = numbers
    this.totalTasks = numbers.length
  }

  next(limits: ReadLimits): Shard | undefined {
    const from = this.#next
    if (from >= this.totalTasks) return undefined
    const bytesEach = this.#numbers.byteLength / this.totalTasks
    const fitting = Math.max(1, Math.floor(limits.maxBytes / bytesEach))
    const to = Math.min(this.totalTasks, from + Math.min(limits.maxTasks, fitting))
    this.#next = to
    return new NumbersShard(this.#numbers.subarray(from, to), from)
  }

  close(): void {
    this.#next = this.totalTasks
  }
}
