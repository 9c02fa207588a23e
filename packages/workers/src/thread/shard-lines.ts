import { deserialize, serialize } from 'node:v8'
import type { EncodedError } from '../error-codec.ts'
import { thrownValueText } from '../error-codec.ts'
import { writeAnswer, writeError } from '../lines/answer.ts'
import { isPlain } from '../lines/is-plain.ts'
import { LineBytes } from '../lines/line-bytes.ts'
import { LineChoice } from '../lines/line-choice.ts'
import type { LineSettings } from '../lines/line-choice.ts'
import { LineWriter } from '../lines/line-writer.ts'
import { recordFormOf } from '../lines/record-form.ts'
import type { RecordForm } from '../lines/record-form.ts'
import { COMPLETED, NO_VERDICT, waitOf } from '../outcome-columns.ts'
import type { CheckDetail, Detail, PartLines } from '../outcome-columns.ts'
import type { RunShard } from '../protocol.ts'
import type { Verdict } from '../verdict.ts'
import type { CheckTerms } from '../chain-terms.ts'
import { attemptsOfTask, checkOutcomes } from '../check-outcomes.ts'
import { checkCode } from '../check-ends.ts'
import { writeChecks } from '../lines/check-lines.ts'
import type { ToldError } from '../lines/check-lines.ts'
import type { ChainOutcome } from './chain/chain-outcome.ts'
import { loneReason } from './detail-writer.ts'
import type { Records } from './record-list.ts'

/** Of a part of a few milliseconds, with the records in it. */
const USUAL_BYTES = 256 * 1024
/** Used by all shards of this thread: each leaves it empty. */
const scratch = new LineBytes(USUAL_BYTES)

/** The outcomes of a part, when they are all there and timed. */
export interface TimedOutcomes {
  readonly count: number
  readonly statuses: Uint8Array
  readonly verdicts: Uint8Array
  readonly durations: Float32Array
  readonly ids: readonly unknown[] | undefined
  readonly waits: readonly number[] | undefined
  readonly positionAt: (ordinal: number) => number
}

/**
 * Writes the lines of one shard's outcomes, part by part. What a verifier has answered is written when it comes, for the
 * verifier may go on to use it; the rest when the part is taken, for then the durations are known.
 */
export class ShardLines {
  readonly #choice: LineChoice
  readonly #writer: LineWriter
  readonly #records: Records
  readonly #base: number
  readonly #attempt: number
  readonly #terms: readonly CheckTerms[] | undefined
  readonly #hasTimings: boolean
  readonly #answers = new LineBytes(1024)
  /** Of the outcomes that say something, ascending: their ordinals, where that ends, and what of their records is known. */
  #ordinals: number[] = []
  #ends: number[] = []
  #forms: RecordForm[] = []
  /** Executions of each, where that differs from the shard's attempt. */
  #executions: number[] = []

  /** @param terms - of the chain, when the outcomes are those of one */
  constructor(
    settings: LineSettings,
    records: Records,
    { payload, base, attempt }: RunShard,
    terms: readonly CheckTerms[] | undefined,
  ) {
    this.#terms = terms
    this.#hasTimings = settings.timings
    this.#choice = new LineChoice(settings)
    this.#records = records
    this.#base = base
    this.#attempt = attempt
    this.#writer = new LineWriter(scratch, payload.kind === 'text' ? payload.file : undefined, settings.timings)
    if (settings.include !== 'none') records.keepRecords?.(settings.include === 'all')
  }

  /** What waits to be taken, bytes; but for what is written then. */
  get size(): number {
    return this.#answers.length
  }

  /** @throws what serialising a value throws that cannot be sent: it has no text either */
  verdict(ordinal: number, verdict: Verdict): void {
    const lone = loneReason(verdict)
    if (lone === undefined) {
      const { issues, value } = arrived(verdict)
      writeAnswer({ reason: issues?.[0]?.reason, issues, value }, this.#answers)
    } else writeAnswer({ reason: lone }, this.#answers)
    this.#said(ordinal, 'parsed')
  }

  error(ordinal: number, error: EncodedError, status: number): void {
    const told = toldError(error)
    writeError(told, this.#answers)
    if (this.#terms !== undefined) this.#writeChecksWithoutRow(status, told)
    this.#said(ordinal, recordFormOf(told))
  }

  /** What the checks of a task came to; in the line of each, also of one that has simply passed. */
  chained(ordinal: number, { status, worst, codes, durations, details }: ChainOutcome): void {
    const ofWorst = details.find(({ check }) => check === worst)
    const reason = status === COMPLETED ? ofWorst?.issues?.[0]?.reason : undefined
    if (reason !== undefined) writeAnswer({ reason }, this.#answers)
    const error = ofWorst?.error === undefined ? undefined : toldError(ofWorst.error)
    if (error !== undefined) writeError(error, this.#answers)
    const attempts = this.#writeChecks(codes, durations.map(Math.fround), details.map(arrivedDetail), error)
    this.#executions[this.#ordinals.length] = attempts
    this.#said(ordinal, error === undefined ? 'parsed' : recordFormOf(error))
  }

  /** @returns executions of the task */
  #writeChecks(
    codes: readonly number[],
    durations: readonly number[],
    details: readonly CheckDetail[],
    error: ToldError | undefined,
  ): number {
    const task = { terms: this.#terms!, codes, durations, from: 0, details, error, decode: toldError }
    writeChecks(checkOutcomes(task), this.#hasTimings, this.#answers)
    return attemptsOfTask(task)
  }

  /** Its task ended before any of its checks began. */
  #writeChecksWithoutRow(status: number, error: ToldError): void {
    const code = checkCode(status, NO_VERDICT)
    this.#writeChecks(
      this.#terms!.map(() => code),
      this.#terms!.map(() => 0),
      [],
      error,
    )
  }

  #said(ordinal: number, form: RecordForm): void {
    const at = this.#ordinals.length
    this.#ordinals[at] = ordinal
    this.#ends[at] = this.#answers.length
    this.#forms[at] = form
  }

  /** The lines of all outcomes since the last call. */
  take(outcomes: TimedOutcomes): PartLines {
    const { count, statuses, verdicts } = outcomes
    scratch.clear()
    const ends = new Uint32Array(count)
    let said = 0
    for (let ordinal = 0; ordinal < count; ordinal++) {
      if (this.#choice.has(statuses[ordinal]!, verdicts[ordinal]!)) this.#write(outcomes, ordinal, said)
      ends[ordinal] = scratch.length
      if (this.#ordinals[said] === ordinal) said++
    }
    this.#answers.clear()
    this.#ordinals = []
    this.#ends = []
    this.#forms = []
    this.#executions = []
    return { bytes: scratch.take(), ends }
  }

  /** @param said - index into what outcomes say, of this one or the next that says something */
  #write(
    { statuses, verdicts, durations, ids, waits, positionAt }: TimedOutcomes,
    ordinal: number,
    said: number,
  ): void {
    const status = statuses[ordinal]!
    const verdict = verdicts[ordinal]!
    const says = this.#ordinals[said] === ordinal
    const records = this.#records
    const record = positionAt(ordinal) - this.#base
    const hasRecord = this.#choice.hasRecord(status, verdict)
    const durationMs = durations[ordinal]!
    const waitMs = waitOf(waits, ordinal)
    this.#writer.head(records.index(record), records.line(record), ids?.[ordinal], records.file?.(record))
    if (!says && !hasRecord && waitMs === undefined)
      return this.#writer.plain(status, verdict, this.#attempt, durationMs)
    this.#writer.ending(status, verdict)
    if (says) scratch.part(this.#answers, said === 0 ? 0 : this.#ends[said - 1]!, this.#ends[said]!)
    this.#writer.account((says ? this.#executions[said] : undefined) ?? this.#attempt, durationMs, waitMs)
    if (hasRecord) records.writeRecord(record, scratch, says ? this.#forms[said]! : 'parsed')
    this.#writer.end()
  }
}

/** A verdict's answer as it would arrive on the main thread. Sent it is not: its line says it. */
function arrived({ issues, value }: Verdict): Detail {
  const detail: Detail = value === undefined ? { issues } : issues.length === 0 ? { value } : { issues, value }
  return isSurelyPlain(detail) ? detail : (deserialize(serialize(detail)) as Detail) // what was serialised just now
}

function arrivedDetail(detail: CheckDetail): CheckDetail {
  return isSurelyPlain(detail) ? detail : (deserialize(serialize(detail)) as CheckDetail) // as above
}

function toldError(error: EncodedError): ToldError {
  return error.kind === 'error' ? error : { name: 'Error', message: thrownValueText(error.value) }
}

/** A getter that throws is no plain property; serialising it tells. */
function isSurelyPlain(value: unknown): boolean {
  try {
    return isPlain(value)
  } catch {
    return false
  }
}
