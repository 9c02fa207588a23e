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
  #ended: Promise<void> | undefined

  constructor(journal: RunJournal, limit: number) {
    this.#journal = journal
    this.#limit = limit
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

  /** The consumer leaves the run, after the first outcomes of this batch. */
  left(batch: OutcomeBatch, taken: number): void {
    if (this.#ended !== undefined) return
    this.#journal.left(batch, batch.select(Array.from({ length: taken }, (_, i) => i)))
  }

  /** When set, to be awaited before more is given: the disk does not keep up. */
  get ready(): Promise<void> | undefined {
    return this.#journal.ready
  }

  /** Writes the end, once, and lets go of the file. Never rejects: see `failure`. */
  end(report: Report): Promise<void> {
    this.#ended ??= this.#writeEnd(report)
    return this.#ended
  }

  /** The run could not start. */
  discard(): Promise<void> {
    this.#ended ??= this.#journal.discard()
    return this.#ended
  }

  async #writeEnd(report: Report): Promise<void> {
    const limit = this.#limit === Infinity ? {} : { limit: this.#limit }
    const { sourceExhausted, total, result } = report
    const isCutShort = result === 'aborted'
    // A source that breaks at its very beginning, say: there is nothing to go on with, once it is mended.
    if (total === 0 && (isCutShort || result === 'failed')) return this.#journal.discard()
    await this.#journal.end({ report: toStored(report), sourceExhausted, ...limit, total, isCutShort })
    await this.#journal.close()
  }
}
