import { COMPLETED, STATUSES, VERDICTS, bucketOf } from '@fanfold/workers/protocol'
import { CheckSums } from './check-sums.ts'
import type { FirstError, Sums, UnsuccessfulEntry } from './frames.ts'

/** As many as a report names. */
const SLOWEST = 10
/** How many errors a breach of the tolerance tells. */
export const FIRST_ERRORS = 10

/** What has become of the settled outcomes: what a report and a tolerance start from when a run is resumed. */
export interface Totals extends Sums {
  /** By status code. */
  readonly statuses: readonly number[]
  readonly firstErrors: readonly FirstError[]
}

/** Adds up outcomes. */
export class RunningSums {
  /** By status code; what is completed has a verdict. */
  readonly #failures: number[] = STATUSES.map(() => 0)
  readonly #verdicts: number[] = VERDICTS.map(() => 0)
  readonly #reasons = new Map<string, number>()
  readonly #buckets = new Map<number, number>()
  #slowest: (readonly [index: number, durationMs: number])[] = []
  readonly checks: CheckSums = new CheckSums()
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
    if (sums.checks !== undefined) this.checks.addCounts(sums.checks)
    this.retries += sums.retries
  }

  addUnsuccessful([index, status, durationMs, retries, checks]: UnsuccessfulEntry): void {
    if (checks !== undefined) this.checks.addEnds(checks)
    this.#failures[status]!++
    this.retries += retries
    if (durationMs === 0) return // it never ran
    this.addBucket(bucketOf(durationMs), 1)
    this.rank(index, durationMs)
  }

  add(other: RunningSums): void {
    this.addSums(other.toSums())
    other.#failures.forEach((count, code) => (this.#failures[code]! += count))
  }

  toTotals(firstErrors: readonly FirstError[]): Totals {
    const statuses = [...this.#failures]
    statuses[COMPLETED] = this.#verdicts.reduce((sum, count) => sum + count, 0)
    return { ...this.toSums(), statuses, firstErrors }
  }

  toSums(): Sums {
    const checks = this.checks.toCounts()
    return {
      verdicts: [...this.#verdicts],
      reasons: Object.fromEntries(this.#reasons),
      buckets: [...this.#buckets].sort(([a], [b]) => a - b).flat(),
      slowest: this.#slowest.flat(),
      retries: this.retries,
      ...(checks === undefined ? {} : { checks }),
    }
  }
}
