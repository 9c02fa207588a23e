import { FanfoldError } from '@fanfold/workers/protocol'
import type { OutcomeBatch } from './batch.ts'

/** Who takes the outcomes. */
type Reader = 'nobody' | 'iterator' | 'left' | 'drain'

/** Why there is nothing left to take. */
const TAKEN = {
  iterator: 'it has another iterator',
  left: 'a loop over them was left before its end',
  drain: 'report() was awaited before, which drops them',
} as const

/** Merged outcomes on their way to the one consumer of a run. */
export class Outbox {
  readonly #batches: OutcomeBatch[] = []
  readonly #onTaken: (batch: OutcomeBatch) => void
  readonly #onAsked: () => void
  #reader: Reader = 'nobody'
  #isFailed = false
  #end: { readonly error: Error | undefined } | undefined
  /** Who asked before there was anything, in order. */
  readonly #waiting: { resolve(batch: OutcomeBatch | undefined): void; reject(error: Error): void }[] = []

  /**
   * @param onTaken - the consumer has this batch now: its tasks are not held any more
   * @param onAsked - it asks for the next one: it has done with what it had
   */
  constructor(onTaken: (batch: OutcomeBatch) => void, onAsked: () => void = () => {}) {
    this.#onTaken = onTaken
    this.#onAsked = onAsked
  }

  /** Nobody has taken anything, and nobody will. */
  get isDrained(): boolean {
    return this.#reader === 'drain'
  }
  /** Who took outcomes has gone before the end. */
  get isLeft(): boolean {
    return this.#reader === 'left'
  }

  get isUnread(): boolean {
    return this.#reader === 'nobody'
  }
  get waits(): number {
    return this.#batches.length
  }

  add(batch: OutcomeBatch): void {
    if (this.#reader === 'drain' || this.#reader === 'left') return this.#onTaken(batch)
    this.#batches.push(batch)
    this.#waiting.shift()?.resolve(this.#take())
  }

  /** Nothing more will come; with an error, the iteration throws it once, after the last outcome. */
  end(error: Error | undefined): void {
    this.#end ??= { error }
    for (const waiting of this.#waiting.splice(0)) {
      const thrown = this.#takeError()
      if (thrown === undefined) waiting.resolve(undefined)
      else waiting.reject(thrown)
    }
  }

  /** @throws {FanfoldError} `FANFOLD_RUN_CONSUMED` for any but the first. */
  claim(): void {
    const isErrorLeft = this.#isFailed && this.#reader === 'drain'
    if (this.#reader !== 'nobody' && !isErrorLeft) {
      const how = TAKEN[this.#reader]
      throw new FanfoldError(
        'FANFOLD_RUN_CONSUMED',
        `the outcomes of this run are taken already: ${how}. Take one iterator, before you await report().`,
      )
    }
    this.#reader = 'iterator'
  }

  /** From now on outcomes are counted and dropped: nobody will iterate, or the loop was left. */
  drain(): void {
    if (this.#reader !== 'left') this.#reader = this.#reader === 'iterator' ? 'left' : 'drain'
    for (const batch of this.#batches.splice(0)) this.#onTaken(batch)
  }

  /** The run could not start: whoever iterates, now or later, gets the error and no outcome. */
  fail(error: Error): void {
    this.#isFailed = true
    for (const batch of this.#batches.splice(0)) this.#onTaken(batch)
    this.end(error)
  }

  /** The next batch, at once if there is one; `undefined` at the end. */
  next(): OutcomeBatch | undefined | Promise<OutcomeBatch | undefined> {
    this.#onAsked()
    if (this.#batches.length > 0) return this.#take()
    if (this.#end !== undefined) {
      const thrown = this.#takeError()
      return thrown === undefined ? undefined : Promise.reject(thrown)
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
    })
  }

  /** After it was thrown the iterator is at its end. */
  #takeError(): Error | undefined {
    const error = this.#end?.error
    if (error !== undefined) this.#end = { error: undefined }
    return error
  }

  #take(): OutcomeBatch | undefined {
    const batch = this.#batches.shift()
    if (batch !== undefined) this.#onTaken(batch)
    return batch
  }
}
