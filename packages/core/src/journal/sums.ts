import { COMPLETED, STATUSES, VERDICTS, bucketOf } from '@fanfold/workers/protocol'
import type { FirstError, Sums, UnsuccessfulEntry } from './frames.ts'

/** As many as a report names. */
const SLOWEST = 10
/** How many errors a breach of the tolerance tells. */
export const FIRST_ERRORS = 5

/** What has become of the settled outcomes: what a report and a tolerance start from when a run is resumed. */
export interface Totals extends Sums {
  /** By status code. */
  readonly statuses: readonly number[]
  readonly firstErrors: readonly FirstError[]
}

/** Adds up completed outcomes. */
export class RunningSums {
  readonly #verdicts: number[] = VERDICTS.map(() => 0)
  readonly #reasons = new Map<string, number>()
  readonly #buckets = new Map<number, number>()
  #slowest: (readonly [index: number, durationMs: number])[] = []
  retries = 0

  addVerdict(code: number, count: number): void {
    this.#verdicts[code]! += count
  }

  addReason(reason: string, count: number): void {
    this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + count)
  }

  addBucket(bucket: number, count: number): void {
    this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + count)
  }

  /** Whether so slow an outcome is among the ten slowest. */
  isSlow(durationMs: number): boolean {
    return this.#slowest.length < SLOWEST || durationMs > this.#slowest[SLOWEST - 1]![1]
  }

  rank(index: number, durationMs: number): void {
    if (!this.isSlow(durationMs)) return
    const at = this.#slowest.findIndex(([, ms]) => ms < durationMs)
    this.#slowest.splice(at < 0 ? this.#slowest.length : at, 0, [index, durationMs])
    if (this.#slowest.length > SLOWEST) this.#slowest.length = SLOWEST
  }

  addSums(sums: Sums): void {
    sums.verdicts.forEach((count, code) => this.addVerdict(code, count))
    for (const [reason, count] of Object.entries(sums.reasons)) this.addReason(reason, count)
    for (let i = 0; i < sums.buckets.length; i += 2) this.addBucket(sums.buckets[i]!, sums.buckets[i + 1]!)
    for (let i = 0; i < sums.slowest.length; i += 2) this.rank(sums.slowest[i]!, sums.slowest[i + 1]!)
    this.retries += sums.retries
  }

  toSums(): Sums {
    return {
      verdicts: [...this.#verdicts],
      reasons: Object.fromEntries(this.#reasons),
      buckets: [...this.#buckets].sort(([a], [b]) => a - b).flat(),
      slowest: this.#slowest.flat(),
      retries: this.retries,
    }
  }
}

/** Nothing yet. */
export const NO_SUMS: Sums = new RunningSums().toSums()

/** The account of completed outcomes and of those that count as unsuccessful. */
export function totalsOf(
  completed: Sums,
  unsuccessful: Iterable<UnsuccessfulEntry>,
  firstErrors: readonly FirstError[],
): Totals {
  const sums = new RunningSums()
  sums.addSums(completed)
  const statuses = STATUSES.map(() => 0)
  statuses[COMPLETED] = completed.verdicts.reduce((sum, count) => sum + count, 0)
  for (const [index, status, durationMs, retries] of unsuccessful) {
    statuses[status]!++
    sums.retries += retries
    if (durationMs === 0) continue // it never ran
    sums.addBucket(bucketOf(durationMs), 1)
    sums.rank(index, durationMs)
  }
  return { ...sums.toSums(), statuses, firstErrors }
}
