import type { Source } from '@fanfold/core'

type Reader = Awaited<ReturnType<Source['open']>>
type Shard = NonNullable<Awaited<ReturnType<Reader['next']>>>

/** One record larger than this comes all the same. */
const ONE_RECORD = { maxTasks: 1, maxBytes: 2 ** 20 }
/** The same order each time, so that what it shows can be shown again. */
const SEED = 0x5eed

/** The positions of so many tasks, the last one first. */
export function reversed(count: number): number[] {
  return Array.from({ length: count }, (_, at) => count - 1 - at)
}

/** The same, in an order that has no rule but is always the same one. */
export function shuffled(count: number): number[] {
  const order = Array.from({ length: count }, (_, at) => at)
  let state = SEED
  for (let at = count - 1; at > 0; at--) {
    // Numerical Recipes' linear congruential generator: its high bits are good enough to shuffle by.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    const other = Math.floor((state / 2 ** 32) * (at + 1))
    ;[order[at], order[other]] = [order[other]!, order[at]!]
  }
  return order
}

/** The first tasks of a source in this order, each a shard of its own. They keep their index, line and file. */
export function inOrder(source: Source, order: readonly number[]): Source {
  return {
    async open(signal) {
      const reader = await source.open(signal)
      let shards: readonly Shard[] | undefined
      let at = 0
      return {
        totalTasks: order.length,
        totalBytes: undefined,
        bytesRead: 0,
        async next() {
          shards ??= await readEach(reader, order.length)
          const position = order[at++]
          return position === undefined ? undefined : shards[position]
        },
        close: () => reader.close(),
      }
    },
  }
}

/** A source that ends when it has given so many bytes. */
export function upTo(source: Source, bytes: number): Source {
  return {
    async open(signal) {
      const reader = await source.open(signal)
      let given = 0
      return {
        totalTasks: undefined,
        totalBytes: undefined,
        bytesRead: 0,
        async next(limits) {
          if (given >= bytes) return undefined
          const shard = await reader.next(limits)
          given += shard?.bytes ?? 0
          return shard
        },
        close: () => reader.close(),
      }
    },
  }
}

async function readEach(reader: Reader, count: number): Promise<Shard[]> {
  const shards: Shard[] = []
  while (shards.length < count) {
    const shard = await reader.next(ONE_RECORD)
    if (shard === undefined) break
    shards.push(shard)
  }
  return shards
}
