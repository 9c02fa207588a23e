import { FanfoldError } from '@fanfold/workers/protocol'
import { NumbersShard } from './item-shards.ts'
import type { NumberArray } from './item-shards.ts'
import type { ReadLimits, Shard, ShardReader, Source } from './shard.ts'
import { Stretch } from './stretch.ts'

/** The items that an array has when the source is made. It must not be changed while the run goes on. */
export function arraySource(items: readonly unknown[]): Source {
  const { length } = items
  return { totalTasks: length, open: async () => new ArrayReader(items, length) }
}

/** The numbers that a typed array has when the source is made. It must not be changed while the run goes on. */
export function numbersSource(numbers: NumberArray): Source {
  const { length } = numbers
  return { totalTasks: length, open: async () => new NumbersReader(numbers, length) }
}

class ArrayReader implements ShardReader {
  readonly totalTasks: number
  readonly totalBytes = undefined
  readonly bytesRead = 0
  readonly #items: readonly unknown[]
  #next = 0

  constructor(items: readonly unknown[], length: number) {
    this.#items = items
    this.totalTasks = length
  }

  next(limits: ReadLimits): Shard | undefined {
    const from = this.#next
    if (from >= this.totalTasks) return undefined
    checkLength(this.#items, this.totalTasks)
    const most = Math.min(this.totalTasks, from + limits.maxTasks)
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

  constructor(numbers: NumberArray, length: number) {
    this.#numbers = numbers
    this.totalTasks = length
  }

  next(limits: ReadLimits): Shard | undefined {
    const from = this.#next
    if (from >= this.totalTasks) return undefined
    const { length, byteLength } = this.#numbers
    checkLength(this.#numbers, this.totalTasks)
    const fitting = Math.max(1, Math.floor(limits.maxBytes / (byteLength / length)))
    const to = Math.min(this.totalTasks, from + Math.min(limits.maxTasks, fitting))
    this.#next = to
    return new NumbersShard(this.#numbers.subarray(from, to), from)
  }

  close(): void {
    this.#next = this.totalTasks
  }
}

/**
 * Items that are missing would be verified as `undefined`, or not at all. What was added is no task of this run.
 *
 * @throws {FanfoldError} `FANFOLD_SOURCE_FAILED`
 */
function checkLength(items: readonly unknown[] | NumberArray, before: number): void {
  const { length } = items
  if (length >= before) return
  const what = Array.isArray(items) ? 'array' : 'typed array'
  const why = isDetached(items) ? ': its memory was detached (transferred)' : ''
  throw new FanfoldError(
    'FANFOLD_SOURCE_FAILED',
    `the ${what} has ${length} items now${why}, and had ${before} when the run began. ` +
      'Give the run a copy if it is changed meanwhile.',
  )
}

function isDetached(items: readonly unknown[] | NumberArray): boolean {
  return ArrayBuffer.isView(items) && items.buffer instanceof ArrayBuffer && items.buffer.detached
}
