import { serialize } from 'node:v8'
import { SMALL } from '../small-messages.ts'
import { bucketOf } from '../duration-buckets.ts'
import { encodeError } from '../error-codec.ts'
import { FanfoldError } from '../fanfold-error.ts'
import { ABORTED, COMPLETED, ERRORED, NO_VERDICT, STATUSES } from '../outcome-columns.ts'
import type { Detail, OutcomePart, PartDetails, PartTally, UnsuccessfulTask } from '../outcome-columns.ts'
import { PLAIN_PASS, VERDICTS } from '../verdict.ts'
import type { Verdict } from '../verdict.ts'

/** Columns of 64 bytes lie in V8's own heap, which a shard of a few tasks notices: 256 cost 3.6 µs. */
const FIRST_CAPACITY = 16
/** Moving a buffer costs about a microsecond, as much as copying some kilobytes. */
const MOVED_FROM = 1024
const SLOWEST = 10

/**
 * Collects outcomes as columns until they are posted. Outcomes may come in any order of positions; as long as they
 * come one after the other no position is written down.
 */
export class PartWriter {
  #count = 0
  #from = 0
  #positions: number[] | undefined
  #statuses = new Uint8Array(FIRST_CAPACITY)
  #verdicts = new Uint8Array(FIRST_CAPACITY)
  #durations = new Float32Array(FIRST_CAPACITY)
  #details = new DetailWriter()
  #ids: unknown[] | undefined
  #statusCounts: number[] = zeros(STATUSES.length)
  #verdictCounts: number[] = zeros(VERDICTS.length)
  #reasonCounts = new Map<string, number>()
  #buckets = new Map<number, number>()
  #slowest: number[] = []
  #unsuccessful: UnsuccessfulTask[] = []

  get count(): number {
    return this.#count
  }
  /** Serialised values and errors that wait to be posted, in bytes. */
  get valueBytes(): number {
    return this.#details.size
  }

  /** A verdict; one whose value cannot be sent makes the task `errored`. */
  completed(position: number, verdict: Verdict, id?: unknown): void {
    if (verdict !== PLAIN_PASS) {
      const failure = this.#details.verdict(this.#count, verdict)
      if (failure !== undefined) {
        this.unsuccessful(position, ERRORED, failure, id)
        return
      }
      const reason = verdict.issues[0]?.reason
      if (reason !== undefined) this.#reasonCounts.set(reason, (this.#reasonCounts.get(reason) ?? 0) + 1)
    }
    const code = verdict.verdict === 'pass' ? 0 : verdict.verdict === 'flag' ? 1 : 2
    this.#verdictCounts[code]!++
    this.#add(position, COMPLETED, code, id)
  }

  /** No verdict; `status` is a code of {@link STATUSES}. @param failure - when another attempt may end differently */
  unsuccessful(
    position: number,
    status: number,
    error: unknown,
    id?: unknown,
    failure?: UnsuccessfulTask['failure'],
  ): void {
    this.#details.error(this.#count, error)
    if (status !== ABORTED) this.#unsuccessful.push({ position, failure })
    this.#add(position, status, NO_VERDICT, id)
  }

  /** Gives the last `tasks` outcomes that were added the duration of each. */
  time(tasks: number, durationMs: number): void {
    const from = this.#count - tasks
    this.#durations.fill(durationMs, from, this.#count)
    const bucket = bucketOf(durationMs)
    this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + tasks)
    this.#rankSlow(this.#positions?.[from] ?? this.#from + from, durationMs)
  }

  /** What was collected, to be posted with {@link transferables}; the writer is empty afterwards. */
  take(): OutcomePart {
    const count = this.#count
    const part: OutcomePart = {
      positions: this.#positions === undefined ? { from: this.#from, count } : Uint32Array.from(this.#positions),
      statuses: this.#statuses.slice(0, count),
      verdicts: this.#verdicts.slice(0, count),
      durations: this.#durations.slice(0, count),
      details: this.#details.take(),
      ids: this.#ids,
      tally: this.#takeTally(count),
      unsuccessful: this.#unsuccessful,
    }
    this.#count = 0
    this.#positions = undefined
    this.#ids = undefined
    this.#unsuccessful = []
    return part
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
  }

  #grow(): void {
    const capacity = this.#statuses.length * 2
    this.#statuses = enlarged(this.#statuses, new Uint8Array(capacity))
    this.#verdicts = enlarged(this.#verdicts, new Uint8Array(capacity))
    this.#durations = enlarged(this.#durations, new Float32Array(capacity))
  }

  #rankSlow(position: number, durationMs: number): void {
    const slowest = this.#slowest
    if (slowest.length === SLOWEST * 2 && durationMs <= slowest[slowest.length - 1]!) return
    let at = slowest.length
    while (at > 0 && slowest[at - 1]! < durationMs) at -= 2
    slowest.splice(at, 0, position, durationMs)
    if (slowest.length > SLOWEST * 2) slowest.length = SLOWEST * 2
  }

  /** Few outcomes are counted one by one, by who wants to know: sums would cost more than they save. */
  #takeTally(count: number): PartTally | undefined {
    if (count > SMALL) return this.#sums()
    this.#clearSums()
    return undefined
  }

  #sums(): PartTally {
    const tally: PartTally = {
      statuses: this.#statusCounts,
      verdicts: this.#verdictCounts,
      reasons: Object.fromEntries(this.#reasonCounts),
      buckets: [...this.#buckets].flat(),
      slowest: this.#slowest,
    }
    this.#clearSums()
    return tally
  }

  #clearSums(): void {
    this.#statusCounts = zeros(STATUSES.length)
    this.#verdictCounts = zeros(VERDICTS.length)
    this.#reasonCounts.clear()
    this.#buckets.clear()
    this.#slowest = []
  }
}

/** The details of a part: reasons by number, all else serialised. */
class DetailWriter {
  #ordinals: number[] = []
  #reasonIds: number[] = []
  #ends: number[] = []
  #reasons = new Map<string, number>()
  #chunks: Buffer[] = []
  size = 0

  /** Returns the error instead when the value cannot be sent. */
  verdict(ordinal: number, verdict: Verdict): FanfoldError | undefined {
    const { issues, value } = verdict
    const only = issues[0]
    if (value === undefined && only === undefined) return undefined
    if (value === undefined && issues.length === 1 && only!.message === undefined && only!.path === undefined) {
      this.#push(ordinal, this.#reasonId(only!.reason), undefined)
      return undefined
    }
    const detail: Detail = value === undefined ? { issues } : issues.length === 0 ? { value } : { issues, value }
    try {
      this.#push(ordinal, 0, serialize(detail))
      return undefined
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause)
      return new FanfoldError(
        'FANFOLD_NOT_CLONEABLE',
        `the verdict's value or issues cannot be sent to the main thread: ${why.replace(/\.$/, '')}. Return plain data: no functions, symbols or class instances with methods.`,
        { cause },
      )
    }
  }

  error(ordinal: number, error: unknown): void {
    const detail: Detail = { error: encodeError(error) }
    this.#push(ordinal, 0, serialize(detail))
  }

  take(): PartDetails | undefined {
    if (this.#ordinals.length === 0) return undefined
    const bytes = new Uint8Array(this.size)
    let at = 0
    for (const chunk of this.#chunks) {
      bytes.set(chunk, at)
      at += chunk.length
    }
    const details: PartDetails = {
      ordinals: Uint32Array.from(this.#ordinals),
      reasonIds: Uint32Array.from(this.#reasonIds),
      ends: Uint32Array.from(this.#ends),
      reasons: [...this.#reasons.keys()],
      bytes,
    }
    this.#ordinals = []
    this.#reasonIds = []
    this.#ends = []
    this.#reasons.clear()
    this.#chunks = []
    this.size = 0
    return details
  }

  #push(ordinal: number, reasonId: number, serialised: Buffer | undefined): void {
    if (serialised !== undefined) {
      this.#chunks.push(serialised)
      this.size += serialised.length
    }
    this.#ordinals.push(ordinal)
    this.#reasonIds.push(reasonId)
    this.#ends.push(this.size)
  }

  #reasonId(reason: string): number {
    let id = this.#reasons.get(reason)
    if (id === undefined) this.#reasons.set(reason, (id = this.#reasons.size + 1))
    return id
  }
}

/** Without a method of Array's prototype: counts that a verifier has spoilt that way would be no numbers. */
function zeros(length: number): number[] {
  const counts: number[] = []
  for (let i = 0; i < length; i++) counts[i] = 0
  return counts
}

function enlarged<Column extends Uint8Array | Float32Array>(old: Column, column: Column): Column {
  column.set(old)
  return column
}

/** The buffers of a part, to be moved instead of copied. */
export function transferables(part: OutcomePart): ArrayBuffer[] {
  const columns = [part.statuses, part.verdicts, part.durations, part.details?.bytes]
  if (part.statuses.length < MOVED_FROM && (part.details?.bytes.length ?? 0) < MOVED_FROM) return []
  return columns.filter((column) => column !== undefined).map((column) => column.buffer as ArrayBuffer)
}
