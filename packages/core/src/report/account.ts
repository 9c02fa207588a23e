import type { VerdictName } from '@fanfold/workers'
import {
  ABORTED,
  BUCKET_COUNT,
  COMPLETED,
  NO_VERDICT,
  STATUSES,
  VERDICTS,
  bucketOf,
  durationOf,
  statusOfCheck,
} from '@fanfold/workers/protocol'
import type { PartTally, Status } from '@fanfold/workers/protocol'
import type { OutcomeBatch } from '../merge/batch.ts'
import { failedCheckOf } from '../outcome.ts'
import type { Outcome, UnsuccessfulOutcome } from '../outcome.ts'
import type { CheckReport, FirstError, Report, SlowTask } from './report.ts'
import { restoredError } from './stored-error.ts'
import { CheckSums } from '../journal/check-sums.ts'
import type { Totals } from '../journal/index.ts'

const SLOWEST = 10
const FIRST_ERRORS = 10

/**
 * Counts outcomes as they are settled, each once. A batch that came whole from a thread brings its sums along, so that
 * the main thread's work is per batch.
 */
export class Account {
  readonly #statuses: number[] = STATUSES.map(() => 0)
  readonly #verdicts: number[] = VERDICTS.map(() => 0)
  readonly #reasons = new Map<string, number>()
  readonly #buckets = new Uint32Array(BUCKET_COUNT)
  readonly #checks = new CheckSums()
  readonly firstErrors: FirstError[] = []
  /** Further attempts that an earlier run has made. */
  resumedRetries = 0
  #slowest: SlowTask[] = []

  add(batch: OutcomeBatch): void {
    if (batch.tally === undefined) this.#count(batch)
    else this.#addTally(batch, batch.tally)
    if (this.firstErrors.length < FIRST_ERRORS && hasErrors(batch)) this.#lookForErrors(batch)
  }

  /** Begins with what an earlier run has settled. */
  resume({ statuses, verdicts, reasons, buckets, slowest, retries, checks, firstErrors }: Totals): void {
    if (checks !== undefined) this.#checks.addCounts(checks)
    statuses.forEach((count, code) => (this.#statuses[code]! += count))
    verdicts.forEach((count, code) => (this.#verdicts[code]! += count))
    for (const [reason, count] of Object.entries(reasons)) this.#addReason(reason, count)
    for (let i = 0; i < buckets.length; i += 2) this.#buckets[buckets[i]!]! += buckets[i + 1]!
    for (let i = 0; i < slowest.length; i += 2) this.#slowest.push({ index: slowest[i]!, durationMs: slowest[i + 1]! })
    this.resumedRetries = retries
    for (const { name, message, code, status, ...place } of firstErrors) {
      const error = restoredError({ name, message, ...(code === undefined ? {} : { code }) })
      // Only those without a verdict are told, and none that were aborted.
      this.firstErrors.push({ ...place, status: status as FirstError['status'], error })
    }
  }

  /** A byte a task, and nothing once there are enough. */
  #lookForErrors(batch: OutcomeBatch): void {
    const { statuses } = batch
    for (let i = 0; i < statuses.length && this.firstErrors.length < FIRST_ERRORS; i++) {
      if (statuses[i] === COMPLETED || statuses[i] === ABORTED) continue
      const outcome = batch.at(i)
      if (isUnsuccessful(outcome)) this.firstErrors.push(firstErrorOf(outcome))
    }
  }

  /** The unread rest of a source of known size. */
  addUnread(tasks: number): void {
    this.#statuses[STATUSES.indexOf('aborted')]! += tasks
  }

  get settled(): number {
    return this.#statuses.reduce((sum, count) => sum + count, 0)
  }

  get statuses(): Record<Status, number> {
    return Object.fromEntries(STATUSES.map((name, code) => [name, this.#statuses[code]!])) as Record<Status, number>
  }

  get unsuccessful(): number {
    const { errored, timedOut, crashed } = this.statuses
    return errored + timedOut + crashed
  }

  get verdicts(): Record<VerdictName, number> {
    return Object.fromEntries(VERDICTS.map((name, code) => [name, this.#verdicts[code]!])) as Record<
      VerdictName,
      number
    >
  }

  /** Most frequent first. */
  get reasons(): Record<string, number> {
    return Object.fromEntries([...this.#reasons].sort(([, a], [, b]) => b - a))
  }

  /** Of a chain: by name, in the order of the chain. */
  get checks(): Report['checks'] {
    const counts = this.#checks.toCounts()
    return counts && Object.fromEntries(Object.entries(counts).map(([name, codes]) => [name, checkCounts(codes)]))
  }

  get slowest(): Report['slowest'] {
    return this.#slowest
  }

  get durationMs(): Report['durationMs'] {
    return {
      p50: this.#percentile(0.5),
      p90: this.#percentile(0.9),
      p99: this.#percentile(0.99),
      max: this.#slowest[0]?.durationMs ?? 0,
    }
  }

  #addTally(batch: OutcomeBatch, tally: PartTally): void {
    tally.statuses.forEach((count, code) => (this.#statuses[code]! += count))
    tally.verdicts.forEach((count, code) => (this.#verdicts[code]! += count))
    for (const [reason, count] of Object.entries(tally.reasons)) this.#addReason(reason, count)
    for (let i = 0; i < tally.buckets.length; i += 2) this.#buckets[tally.buckets[i]!]! += tally.buckets[i + 1]!
    if (batch.checks !== undefined && tally.checks !== undefined) this.#checks.addTally(batch.checks, tally.checks)
    for (let i = 0; i < tally.slowest.length; i += 2) this.#rank(batch, tally.slowest[i]!, tally.slowest[i + 1]!)
  }

  #count(batch: OutcomeBatch): void {
    for (let i = 0; i < batch.length; i++) {
      this.#statuses[batch.statuses[i]!]!++
      if (batch.checks !== undefined) this.#checks.addOutcome(batch.checks, i)
      const verdict = batch.verdicts[i]!
      if (verdict !== NO_VERDICT) this.#verdicts[verdict]!++
      const reason = verdict === NO_VERDICT ? undefined : batch.reasonAt(i)
      if (reason !== undefined) this.#addReason(reason, 1)
      const durationMs = batch.durations[i]!
      if (durationMs === 0) continue // it never ran
      this.#buckets[bucketOf(durationMs)]!++
      this.#rank(batch, batch.positionAt(i), durationMs)
    }
  }

  #addReason(reason: string, count: number): void {
    this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + count)
  }

  #rank(batch: OutcomeBatch, position: number, durationMs: number): void {
    const slowest = this.#slowest
    if (slowest.length === SLOWEST && durationMs <= slowest[SLOWEST - 1]!.durationMs) return
    const at = slowest.findIndex((entry) => entry.durationMs < durationMs)
    const { shard } = batch
    const file = shard.file ?? shard.fileAt?.(position)
    const place = { index: shard.indexAt(position), ...(file === undefined ? {} : { file }) }
    slowest.splice(at < 0 ? slowest.length : at, 0, { ...place, durationMs })
    if (slowest.length > SLOWEST) slowest.length = SLOWEST
  }

  #percentile(share: number): number {
    const total = this.#buckets.reduce((sum, count) => sum + count, 0)
    let rest = Math.ceil(total * share)
    for (let bucket = 0; bucket < BUCKET_COUNT; bucket++) {
      rest -= this.#buckets[bucket]!
      if (rest <= 0 && total > 0) return durationOf(bucket)
    }
    return 0
  }
}

/** @param codes - how often it ended with each code */
function checkCounts(codes: readonly number[]): CheckReport {
  const statuses = Object.fromEntries(STATUSES.map((name) => [name, 0])) as Record<Status, number>
  codes.forEach((count, code) => (statuses[STATUSES[statusOfCheck(code)]!] += count))
  const verdicts = Object.fromEntries(VERDICTS.map((name, code) => [name, codes[code]!]))
  return { statuses, verdicts: verdicts as Record<VerdictName, number> }
}

function isUnsuccessful(outcome: Outcome): outcome is UnsuccessfulOutcome {
  return outcome.status === 'errored' || outcome.status === 'timedOut' || outcome.status === 'crashed'
}

function firstErrorOf(outcome: UnsuccessfulOutcome): FirstError {
  const { index, line, file, status, error } = outcome
  const check = failedCheckOf(outcome)
  return {
    index,
    ...(line === undefined ? {} : { line }),
    ...(file === undefined ? {} : { file }),
    status,
    ...(check === undefined ? {} : { check }),
    error,
  }
}

/** Whether any may be unsuccessful, without looking at each where a thread has counted them. */
function hasErrors({ tally, length }: OutcomeBatch): boolean {
  return tally === undefined || tally.statuses[COMPLETED]! + tally.statuses[ABORTED]! < length
}
