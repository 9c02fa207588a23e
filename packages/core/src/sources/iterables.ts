import { FanfoldError } from '@fanfold/workers/protocol'
import { swallow } from './pull.ts'
import type { ReadLimits, Shard, ShardReader, Source } from './shard.ts'
import { Stretch } from './stretch.ts'
import { whySpent } from './stream-state.ts'
import { reasonOf } from './thrown.ts'

/** The items of an iterable, read as the run asks for them. A generator can be read by one run only. */
export function iterableSource(iterable: Iterable<unknown>): Source {
  const open = opener(iterable, () => iterable[Symbol.iterator]())
  return { open: async () => new IteratorReader(open()) }
}

/**
 * Opens an iterable anew each time; but a generator, or a stream, only once: opened again it would be empty, which looks
 * like success.
 *
 * @throws {FanfoldError} `FANFOLD_SOURCE_UNREADABLE`
 */
export function opener<T>(iterable: object, open: () => T): () => T {
  const canBeReadOnce = 'next' in iterable || 'getReader' in iterable || 'pipe' in iterable
  let opened = false
  return () => {
    if (opened && canBeReadOnce) throw unreadable('has been read already, and can be read once')
    const spent = whySpent(iterable)
    if (spent !== undefined) throw unreadable(`is a stream, and ${spent}`)
    opened = true
    try {
      return open()
    } catch (error) {
      throw unreadable(`cannot be read: ${reasonOf(error)}`, { cause: error })
    }
  }
}

function unreadable(problem: string, options?: ErrorOptions): FanfoldError {
  const message = `the iterable ${problem}. Give one that nobody reads, and a new one for each run.`
  return new FanfoldError('FANFOLD_SOURCE_UNREADABLE', message, options)
}

/** What a reader throws when the user's iterator did. */
export function iteratorFailed(cause: unknown): FanfoldError {
  const message = `the iterable broke while it was read: ${reasonOf(cause)}. The items read before stay valid.`
  return new FanfoldError('FANFOLD_SOURCE_FAILED', message, { cause })
}

class IteratorReader implements ShardReader {
  readonly totalTasks = undefined
  readonly totalBytes = undefined
  readonly bytesRead = 0
  readonly #iterator: Iterator<unknown>
  #nextIndex = 0
  #state: 'open' | 'ended' | FanfoldError = 'open'

  constructor(iterator: Iterator<unknown>) {
    this.#iterator = iterator
  }

  next(limits: ReadLimits): Shard | undefined | Promise<undefined> {
    const items: unknown[] = []
    const stretch = new Stretch()
    // The item that reaches the limit of bytes is taken along: once read, it must not be kept back and lost on a cancel.
    while (this.#state === 'open' && items.length < limits.maxTasks && stretch.bytes < limits.maxBytes) {
      try {
        const { done, value } = this.#iterator.next()
        if (done === true) {
          this.#state = 'ended'
        } else {
          items.push(value)
          stretch.add(value, Infinity)
        }
      } catch (error) {
        this.#state = iteratorFailed(error)
      }
    }
    if (items.length > 0) {
      const shard = stretch.toShard(items, 0, items.length, this.#nextIndex)
      this.#nextIndex += items.length
      return shard
    }
    return this.#state instanceof FanfoldError ? Promise.reject(this.#state) : undefined
  }

  close(): void {
    if (this.#state !== 'open') return
    this.#state = 'ended'
    swallow(() => this.#iterator.return?.())
  }
}
