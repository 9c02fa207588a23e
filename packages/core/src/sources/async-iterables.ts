import { FanfoldError } from '@fanfold/workers/protocol'
import { iteratorFailed, opener } from './iterables.ts'
import { pull } from './pull.ts'
import type { Pull } from './pull.ts'
import type { ReadLimits, Shard, ShardReader, Source } from './shard.ts'
import { Stretch } from './stretch.ts'

/** An item that does not come within this time, or twice it, holds up none of those that are there. */
const PATIENCE_MS = 5

/** The items of an asynchronous iterable or stream. A generator or stream can be read by one run only. */
export function asyncIterableSource(iterable: AsyncIterable<unknown> | ReadableStream<unknown>): Source {
  const open = opener(iterable, () => pull(iterable))
  return { open: async () => new AsyncIteratorReader(open()) }
}

/** A shard that is being gathered: one call of the reader's `next()`. */
interface Gathering {
  readonly limits: ReadLimits
  readonly items: unknown[]
  readonly stretch: Stretch
  readonly settle: {
    readonly resolve: (shard: Shard | undefined) => void
    readonly reject: (error: FanfoldError) => void
  }
  timer: NodeJS.Timeout | undefined
}

/**
 * Asks for one item at a time, and only while a shard is being gathered. An item that comes after its shard was handed
 * out waits for the next one.
 */
class AsyncIteratorReader implements ShardReader {
  readonly totalTasks = undefined
  readonly totalBytes = undefined
  readonly bytesRead = 0
  readonly #pull: Pull<unknown>
  #nextIndex = 0
  #state: 'open' | 'ended' | FanfoldError = 'open'
  #asked = false
  #late: IteratorResult<unknown, unknown> | undefined
  #gathering: Gathering | undefined

  constructor(items: Pull<unknown>) {
    this.#pull = items
  }

  next(limits: ReadLimits): Promise<Shard | undefined> {
    return new Promise((resolve, reject) => {
      const gathering: Gathering = {
        limits,
        items: [],
        stretch: new Stretch(),
        settle: { resolve, reject },
        timer: undefined,
      }
      this.#gathering = gathering
      const late = this.#late
      this.#late = undefined
      if (this.#state !== 'open') this.#finish(gathering)
      else if (late !== undefined) this.#take(late, gathering)
      else this.#ask()
    })
  }

  close(): void {
    if (this.#state === 'open') {
      this.#state = 'ended'
      this.#pull.close()
    }
    if (this.#gathering !== undefined) this.#finish(this.#gathering)
  }

  #ask(): void {
    if (this.#asked) return
    this.#asked = true
    this.#pull.next().then(
      (result) => {
        this.#asked = false
        try {
          if (this.#gathering === undefined) this.#late = result
          else this.#take(result, this.#gathering)
        } catch (error) {
          this.#fail(error)
        }
      },
      (error: unknown) => {
        this.#asked = false
        this.#fail(error)
      },
    )
  }

  #fail(error: unknown): void {
    if (this.#state === 'open') this.#state = iteratorFailed(error)
    if (this.#gathering !== undefined) this.#finish(this.#gathering)
  }

  #take(result: IteratorResult<unknown, unknown>, gathering: Gathering): void {
    if (result.done === true) {
      if (this.#state === 'open') this.#state = 'ended'
      this.#finish(gathering)
      return
    }
    const { items, limits, stretch } = gathering
    items.push(result.value)
    stretch.add(result.value, Infinity)
    // The item that reaches the limit of bytes is taken along: once read, it must not be lost on a cancel.
    if (items.length >= limits.maxTasks || stretch.bytes >= limits.maxBytes) {
      this.#finish(gathering)
      return
    }
    gathering.timer ??= this.#watch(gathering)
    this.#ask()
  }

  /** One timer a shard, rather than one an item. */
  #watch(gathering: Gathering): NodeJS.Timeout {
    let seen = gathering.items.length
    return setInterval(() => {
      if (gathering.items.length === seen) this.#finish(gathering)
      seen = gathering.items.length
    }, PATIENCE_MS)
  }

  #finish(gathering: Gathering): void {
    clearInterval(gathering.timer)
    this.#gathering = undefined
    const { items, stretch, settle } = gathering
    if (items.length > 0) {
      settle.resolve(stretch.toShard(items, 0, items.length, this.#nextIndex))
      this.#nextIndex += items.length
    } else if (this.#state instanceof FanfoldError) {
      settle.reject(this.#state)
    } else {
      settle.resolve(undefined)
    }
  }
}
