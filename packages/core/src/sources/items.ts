import { estimateBytes } from './item-bytes.ts'
import { ItemsShard, NumbersShard } from './item-shards.ts'
import type { NumberArray } from './item-shards.ts'
import type { ReadLimits, Shard, ShardReader, Source } from './shard.ts'

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
    let bytes = estimateBytes(this.#items[from])
    let to = from + 1
    for (; to < most; to++) {
      const more = estimateBytes(this.#items[to])
      if (bytes + more > limits.maxBytes) break
      bytes += more
    }
    this.#next = to
    return new ItemsShard(this.#items.slice(from, to), bytes, from)
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
