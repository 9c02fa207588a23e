import { SMALL } from '../small-messages.ts'
import { BUCKET_COUNT, bucketOf } from '../duration-buckets.ts'
import { encodeError } from '../error-codec.ts'
import type { FanfoldError } from '../fanfold-error.ts'
import { ABORTED, COMPLETED, ERRORED, NO_VERDICT, STATUSES, accumulatorsOf, valueBytesOf } from '../outcome-columns.ts'
import type { OutcomePart, PartLines, PartTally, UnsuccessfulTask } from '../outcome-columns.ts'
import { retryAfterOf } from '../overload.ts'
import { PLAIN_PASS, VERDICTS } from '../verdict.ts'
import type { Verdict } from '../verdict.ts'
import { closeColumns, growColumns, NO_COLUMNS } from './part-columns.ts'
import type { Columns } from './part-columns.ts'
import { columnOf, DetailWriter } from './detail-writer.ts'
import type { ChainOutcome } from './chain/chain-outcome.ts'
import type { CheckColumns } from './check-columns.ts'
import type { ShardLines } from './shard-lines.ts'
import { SlowTasks } from './slow-tasks.ts'
import { notCloneable } from './task-errors.ts'
import { zeros } from './zeros.ts'

/** Moving a buffer costs about a microsecond, as much as copying some kilobytes. */
const MOVED_FROM = 1024
/** As it was before any verifier was imported. */
const fromEntries: typeof Object.fromEntries = Object.fromEntries

/**
 * Collects outcomes as columns until they are posted. Outcomes may come in any order of positions; as long as they
 * come one after the other no position is written down.
 */
export class PartWriter {
  #count = 0
  /** Plain passes that follow those, and are not written yet: nearly every task is one, and several are written at once. */
  #passes = 0
  #from = 0
  #positions: number[] | undefined
  #statuses = NO_COLUMNS.statuses
  #verdicts = NO_COLUMNS.verdicts
  #durations = NO_COLUMNS.durations
  #details = new DetailWriter()
  /** Set before the first outcome when these have to be lines, too. */
  lines: ShardLines | undefined
  /** Set before the first outcome when they are those of a chain. */
  checks: CheckColumns | undefined
  #ids: unknown[] | undefined
  #statusCounts: number[] = zeros(STATUSES.length)
  #verdictCounts: number[] = zeros(VERDICTS.length)
  #reasonCounts = new Map<string, number>()
  readonly #buckets = new Uint32Array(BUCKET_COUNT)
  readonly #slowest = new SlowTasks()
  #unsuccessful: UnsuccessfulTask[] = []
  #waits: number[] | undefined

  get count(): number {
    return this.#count + this.#passes
  }
  /** Serialised values and errors, or their text, that wait to be posted, in bytes. */
  get valueBytes(): number {
    return this.#details.size + (this.lines?.size ?? 0)
  }

  /** Of a chain: each check is looked at, also where all have simply passed. */
  get needsChecks(): boolean {
    return this.lines !== undefined
  }

  /** A plain pass of a task that has no id. */
  passed(position: number): void {
    if (this.#isNext(position)) this.#passes++
    else this.completed(position, PLAIN_PASS)
  }

  /** A verdict; one whose value cannot be sent makes the task `errored`. @returns whether it is completed */
  completed(position: number, verdict: Verdict, id?: unknown): boolean {
    if (verdict === PLAIN_PASS && id === undefined && this.#isNext(position)) {
      this.#passes++
      return true
    }
    this.#writePasses()
    if (verdict !== PLAIN_PASS) {
      const failure = this.lines === undefined ? this.#details.verdict(this.#count, verdict) : this.#write(verdict)
      if (failure !== undefined) {
        this.unsuccessful(position, ERRORED, failure, id)
        return false
      }
      const reason = verdict.issues[0]?.reason
      if (reason !== undefined) this.#reasonCounts.set(reason, (this.#reasonCounts.get(reason) ?? 0) + 1)
    }
    const code = verdict.verdict === 'pass' ? 0 : verdict.verdict === 'flag' ? 1 : 2
    this.#verdictCounts[code]!++
    this.#add(position, COMPLETED, code, id)
    return true
  }

  /** No verdict; `status` is a code of {@link STATUSES}. @param failure - when another attempt may end differently */
  unsuccessful(
    position: number,
    status: number,
    error: unknown,
    id?: unknown,
    failure?: UnsuccessfulTask['failure'],
  ): void {
    this.#writePasses()
    const encoded = encodeError(error)
    this.#details.error(this.#count, encoded)
    this.lines?.error(this.#count, encoded, status)
    if (status !== ABORTED) this.#unsuccessful.push(unsuccessfulTask(position, failure, error))
    this.#add(position, status, NO_VERDICT, id)
  }

  /** What the checks of a task have come to. */
  chained(position: number, outcome: ChainOutcome, id: unknown): void {
    this.#writePasses()
    const { status, verdict, codes, durations, failed } = outcome
    const reason = this.#details.chained(this.#count, outcome, this.lines !== undefined && failed.length === 0)
    this.lines?.chained(this.#count, outcome)
    if (status === COMPLETED) this.#verdictCounts[verdict]!++
    if (reason !== undefined) this.#reasonCounts.set(reason, (this.#reasonCounts.get(reason) ?? 0) + 1)
    if (failed.length > 0) this.#unsuccessful.push({ position, failure: undefined, checks: failed })
    else if (status !== COMPLETED && status !== ABORTED) this.#unsuccessful.push({ position, failure: undefined })
    this.checks!.row(codes, durations)
    this.#add(position, status, verdict, id)
  }

  /** Returns the error instead when the verdict cannot be sent. */
  #write(verdict: Verdict): FanfoldError | undefined {
    try {
      this.lines!.verdict(this.#count, verdict)
    } catch (cause) {
      return notCloneable(cause)
    }
    const reason = verdict.issues[0]?.reason
    if (reason !== undefined) this.#details.reason(this.#count, reason)
    return undefined
  }

  /** Gives the last `tasks` outcomes that were added the duration of each. */
  time(tasks: number, durationMs: number): void {
    this.#writePasses()
    const from = this.#count - tasks
    const durations = this.#durations
    for (let i = from; i < this.#count; i++) durations[i] = durationMs
    this.#buckets[bucketOf(durationMs)]! += tasks
    this.#slowest.rank(this.#positions?.[from] ?? this.#from + from, durationMs)
  }

  /** The last outcome that was added had waited so long for permits. */
  waited(ms: number): void {
    if (ms === 0) return
    const waits = (this.#waits ??= [])
    waits[waits.length] = this.#count - 1
    waits[waits.length] = ms
  }

  /** What was collected, to be posted with {@link transferables}; the writer is empty afterwards. */
  take(): OutcomePart {
    this.#writePasses()
    const count = this.#count
    const part: OutcomePart = {
      positions: this.#positions === undefined ? { from: this.#from, count } : columnOf(this.#positions),
      ...closeColumns({ statuses: this.#statuses, verdicts: this.#verdicts, durations: this.#durations }, count),
      details: this.#details.take(),
      checks: this.checks?.take(),
      ids: this.lines === undefined ? this.#ids : undefined,
      lines: this.#takeLines(),
      waits: this.#waits,
      tally: this.#takeTally(count),
      unsuccessful: this.#unsuccessful,
    }
    this.#useColumns(NO_COLUMNS)
    this.#count = 0
    this.#positions = undefined
    this.#ids = undefined
    this.#unsuccessful = []
    this.#waits = undefined
    return part
  }

  /** It follows the last one, and is not the first. */
  #isNext(position: number): boolean {
    const ordinal = this.#count + this.#passes
    return ordinal > 0 && this.#positions === undefined && position === this.#from + ordinal
  }

  #writePasses(): void {
    const passes = this.#passes
    if (passes === 0) return
    const from = this.#count
    const to = from + passes
    while (to > this.#statuses.length) this.#grow()
    const statuses = this.#statuses
    const verdicts = this.#verdicts
    for (let i = from; i < to; i++) statuses[i] = verdicts[i] = 0
    this.#statusCounts[COMPLETED]! += passes
    this.#verdictCounts[0]! += passes
    this.#count = to
    this.#passes = 0
  }

  #takeLines(): PartLines | undefined {
    const positions = this.#positions
    const from = this.#from
    return this.lines?.take({
      count: this.#count,
      statuses: this.#statuses,
      verdicts: this.#verdicts,
      durations: this.#durations,
      ids: this.#ids,
      waits: this.#waits,
      positionAt: positions === undefined ? (ordinal) => from + ordinal : (ordinal) => positions[ordinal]!,
    })
  }

  #add(position: number, status: number, verdict: number, id: unknown): void {
    const ordinal = this.#count
    if (ordinal === this.#statuses.length) this.#grow()
    if (ordinal === 0) this.#from = position
    else if (this.#positions === undefined && position !== this.#from + ordinal) {
      this.#positions = Array.from({ length: ordinal }, (_, i) => this.#from + i)
    }
    this.#positions?.push(position)
    this.#statuses[ordinal] = status
    this.#verdicts[ordinal] = verdict
    this.#statusCounts[status]!++
    if (id !== undefined) (this.#ids ??= [])[ordinal] = id
    this.#count = ordinal + 1
    this.checks?.fillTo(this.#count, status)
  }

  #grow(): void {
    this.#useColumns(growColumns({ statuses: this.#statuses, verdicts: this.#verdicts, durations: this.#durations }))
  }

  #useColumns({ statuses, verdicts, durations }: Columns): void {
    this.#statuses = statuses
    this.#verdicts = verdicts
    this.#durations = durations
  }

  /** Few outcomes are counted one by one, by who wants to know: sums would cost more than they save. */
  #takeTally(count: number): PartTally | undefined {
    if (count > SMALL) return this.#sums()
    this.#clearSums()
    this.checks?.takeCounts()
    for (let bucket = 0; bucket < BUCKET_COUNT; bucket++) this.#buckets[bucket] = 0
    return undefined
  }

  #sums(): PartTally {
    const tally: PartTally = {
      statuses: this.#statusCounts,
      verdicts: this.#verdictCounts,
      reasons: fromEntries(this.#reasonCounts),
      checks: this.checks?.takeCounts(),
      buckets: this.#takeBuckets(),
      slowest: this.#slowest.take(),
    }
    this.#clearSums()
    return tally
  }

  #clearSums(): void {
    this.#statusCounts = zeros(STATUSES.length)
    this.#verdictCounts = zeros(VERDICTS.length)
    this.#reasonCounts.clear()
    this.#slowest.take()
  }

  /** Pairs of bucket and count, of those that have any. */
  #takeBuckets(): number[] {
    const pairs: number[] = []
    for (let bucket = 0; bucket < BUCKET_COUNT; bucket++) {
      if (this.#buckets[bucket] === 0) continue
      pairs[pairs.length] = bucket // without a method of Array's prototype, see zeros()
      pairs[pairs.length] = this.#buckets[bucket]!
      this.#buckets[bucket] = 0
    }
    return pairs
  }
}

function unsuccessfulTask(position: number, failure: UnsuccessfulTask['failure'], error: unknown): UnsuccessfulTask {
  const retryAfterMs = failure === 'throw' ? retryAfterOf(error) : undefined
  return retryAfterMs === undefined ? { position, failure } : { position, failure, retryAfterMs }
}

/** The buffers of a part, to be moved instead of copied. */
export function transferables(part: OutcomePart): ArrayBuffer[] {
  const { lines, checks, details } = part
  const columns = [part.statuses, part.verdicts, part.durations, details?.bytes, lines?.bytes, lines?.ends]
  columns[columns.length] = checks?.codes
  columns[columns.length] = checks?.durations
  columns[columns.length] = accumulatorsOf(part.fold)?.bytes
  const extra = valueBytesOf(part)
  if (part.statuses.length < MOVED_FROM && extra < MOVED_FROM) return []
  return columns.filter((column) => column !== undefined).map((column) => column.buffer as ArrayBuffer)
}
