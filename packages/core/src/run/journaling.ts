import type { RunJournal } from '../journal/index.ts'
import type { OutcomeBatch } from '../merge/batch.ts'
import type { Outbox } from '../merge/outbox.ts'
import type { Report } from '../report/report.ts'
import { toStored } from './stored-report.ts'

/**
 * A run's journal between its beginning and its end: it notes what the consumer has done with, and ends once, when the
 * consumer has taken all, has left, or never was there.
 */
export class Journaling {
  /** Why nothing is journaled any more. */
  failure: Error | undefined
  readonly #journal: RunJournal
  readonly #limit: number
  readonly #onFailed: (error: Error) => void
  #ended: Promise<void> | undefined
  readonly #over = Promise.withResolvers<void>()

  /** @param onFailed - as the journal was opened with */
  constructor(journal: RunJournal, limit: number, onFailed: (error: Error) => void) {
    this.#journal = journal
    this.#limit = limit
    this.#onFailed = onFailed
  }

  /** The consumer is about to have this batch; what one that has left would have had is not settled. */
  given(batch: OutcomeBatch, outbox: Outbox): void {
    if (outbox.isLeft || this.#ended !== undefined) return
    this.#journal.given(batch)
    if (outbox.isDrained) this.#journal.askedForNext()
  }

  askedForNext(): void {
    if (this.#ended === undefined) this.#journal.askedForNext()
  }

  /** The consumer leaves the run; it has done with the first outcomes of this batch. */
  left(batch: OutcomeBatch, done: number): void {
    if (this.#ended !== undefined) return
    this.#journal.left(batch, batch.select(Array.from({ length: done }, (_, i) => i)))
  }

  /** When set, to be awaited before more is given: the disk does not keep up. */
  get ready(): Promise<void> | undefined {
    return this.#journal.ready
  }

  /** Writes the end, once, and lets go of the file. Never rejects: see `failure`. */
  end(report: Report, reachedLimit: boolean): Promise<void> {
    this.#ended ??= this.#writeEnd(report, reachedLimit).finally(this.#over.resolve)
    return this.#ended
  }

  /** Resolves when it has let go of the file and the lock. */
  get over(): Promise<void> {
    return this.#over.promise
  }

  /** The run could not start, and says why: what goes wrong here does not matter any more. Never rejects. */
  discard(): Promise<void> {
    this.#ended ??= this.#journal.discard().then(this.#over.resolve, this.#over.resolve)
    return this.#ended
  }

  async #writeEnd(report: Report, reachedLimit: boolean): Promise<void> {
    const limit = this.#limit === Infinity ? {} : { limit: this.#limit }
    const { sourceExhausted, total, result } = report
    // Cancelled, or broken before it had read as far as was asked for: whoever resumes it wants the rest.
    const isCutShort = result === 'aborted' || !(sourceExhausted || reachedLimit)
    try {
      // A source that breaks at its very beginning, say: there is nothing to go on with, once it is mended.
      if (total === 0 && (result === 'aborted' || result === 'failed')) return await this.#journal.discard()
      await this.#journal.end({ report: toStored(report), sourceExhausted, ...limit, total, isCutShort })
      await this.#journal.close()
    } catch (error) {
      this.#onFailed(asError(error))
      await this.#journal.close().catch(() => {}) // what went wrong first is told
    }
  }
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}
