import type { OutputMark } from '../options/journaled-output.ts'
import { COMPLETED, ABORTED, NO_VERDICT, bucketOf } from '@fanfold/workers/protocol'
import type { PartTally } from '@fanfold/workers/protocol'
import { failedCheckOf } from '../outcome.ts'
import type { Outcome } from '../outcome.ts'
import type { Shard } from '../sources/shard.ts'
import { endsOf } from './check-sums.ts'
import type { ChecksOfBatch, CheckEnds } from './check-sums.ts'
import type { FirstError, SettledFrame, UnsuccessfulEntry } from './frames.ts'
import { IndexRanges } from './index-ranges.ts'
import { FIRST_ERRORS, RunningSums } from './sums.ts'

/** Outcomes of one shard, as they are delivered; what a journal has to know of them. */
export interface JournaledBatch {
  readonly length: number
  /** Codes, see `STATUSES`. */
  readonly statuses: Uint8Array
  /** Codes, see `VERDICTS`; 255 is none. */
  readonly verdicts: Uint8Array
  /** ms */
  readonly durations: Float32Array
  /** The sums over exactly these outcomes, when a thread has counted them; its `slowest` has positions. */
  readonly tally: PartTally | undefined
  /** Whether the positions follow each other, ascending, without a gap. */
  readonly isStretch: boolean
  readonly shard: Pick<Shard, 'indexAt'>
  /** Of a chain. */
  readonly checks?: ChecksOfBatch | undefined
  /** Further attempts that each of them took. @defaultValue 0 */
  readonly retries?: number
  /** The position within the shard of the outcome at `i`. */
  positionAt(i: number): number
  /** Of the first issue. */
  reasonAt(i: number): string | undefined
  at(i: number): Outcome
}

/** What the next frame will say. */
export class FrameDraft {
  readonly #settled = new IndexRanges()
  readonly #sums = new RunningSums()
  readonly #unsuccessful: UnsuccessfulEntry[] = []
  readonly #errors: FirstError[] = []
  tasks = 0

  /** How much memory it takes, roughly, in entries. */
  get weight(): number {
    return this.#unsuccessful.length + this.#settled.rangeCount
  }

  /**
   * Adds all but the aborted ones. Per batch, where a thread has counted it and all of it is completed.
   *
   * @param errorsSoFar - how many errors earlier frames tell
   */
  add(batch: JournaledBatch, errorsSoFar: number): void {
    const { tally } = batch
    if (tally !== undefined && tally.statuses[COMPLETED] === batch.length) this.#addTally(batch, tally)
    else this.#addEach(batch, errorsSoFar)
  }

  get errorCount(): number {
    return this.#errors.length
  }

  toFrame(output: OutputMark | undefined): SettledFrame {
    return {
      frame: 'settled',
      ranges: this.#settled.toArray(),
      unsuccessful: this.#unsuccessful,
      sums: this.#sums.toSums(),
      ...(this.#errors.length > 0 ? { errors: this.#errors } : {}),
      ...(output === undefined ? {} : { output }),
    }
  }

  #addTally(batch: JournaledBatch, tally: PartTally): void {
    const { shard, length } = batch
    const first = shard.indexAt(batch.positionAt(0))
    if (batch.isStretch && shard.indexAt(batch.positionAt(length - 1)) === first + length - 1) {
      this.#settled.add(first, first + length)
    } else {
      for (let i = 0; i < length; i++) this.#addIndex(shard.indexAt(batch.positionAt(i)))
    }
    this.tasks += length
    this.#sums.retries += length * (batch.retries ?? 0)
    if (batch.checks !== undefined && tally.checks !== undefined) this.#sums.checks.addTally(batch.checks, tally.checks)
    tally.verdicts.forEach((count, code) => this.#sums.addVerdict(code, count))
    for (const [reason, count] of Object.entries(tally.reasons)) this.#sums.addReason(reason, count)
    for (let i = 0; i < tally.buckets.length; i += 2) this.#sums.addBucket(tally.buckets[i]!, tally.buckets[i + 1]!)
    for (let i = 0; i < tally.slowest.length; i += 2) {
      this.#sums.rank(shard.indexAt(tally.slowest[i]!), tally.slowest[i + 1]!)
    }
  }

  #addEach(batch: JournaledBatch, errorsSoFar: number): void {
    const { statuses, shard, checks, retries = 0 } = batch
    for (let i = 0; i < batch.length; i++) {
      const status = statuses[i]!
      if (status === ABORTED) continue
      const index = shard.indexAt(batch.positionAt(i))
      const durationMs = batch.durations[i]!
      this.#addIndex(index)
      this.tasks++
      if (status !== COMPLETED) {
        const ends: readonly [CheckEnds] | readonly [] = checks === undefined ? [] : [endsOf(checks, i)]
        this.#unsuccessful.push([index, status, durationMs, retries, ...ends])
        if (errorsSoFar + this.#errors.length < FIRST_ERRORS) this.#errors.push(firstError(batch.at(i)))
        continue
      }
      this.#sums.retries += retries
      if (checks !== undefined) this.#sums.checks.addOutcome(checks, i)
      this.#addVerdict(batch, i)
      if (durationMs === 0) continue
      this.#sums.addBucket(bucketOf(durationMs), 1)
      this.#sums.rank(index, durationMs)
    }
  }

  #addVerdict(batch: JournaledBatch, i: number): void {
    const verdict = batch.verdicts[i]!
    if (verdict === NO_VERDICT) return
    this.#sums.addVerdict(verdict, 1)
    const reason = batch.reasonAt(i)
    if (reason !== undefined) this.#sums.addReason(reason, 1)
  }

  #addIndex(index: number): void {
    this.#settled.add(index, index + 1)
  }
}

function firstError(outcome: Outcome): FirstError {
  const { index, line, file, status } = outcome
  const check = failedCheckOf(outcome)
  const error = outcome.status === 'completed' ? undefined : outcome.error
  const code = error !== undefined && 'code' in error && typeof error.code === 'string' ? { code: error.code } : {}
  return {
    index,
    ...(line === undefined ? {} : { line }),
    ...(file === undefined ? {} : { file }),
    status,
    ...(check === undefined ? {} : { check }),
    name: String(error?.name ?? 'Error'),
    message: String(error?.message ?? ''),
    ...code,
  }
}
