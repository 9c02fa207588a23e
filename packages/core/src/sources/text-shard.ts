import type { Buffer } from 'node:buffer'
import type { LineBytes, RecordForm } from '@fanfold/workers/lines'
import { FanfoldError } from '@fanfold/workers/protocol'
import type { ShardPayload, TextFormat } from '@fanfold/workers/protocol'
import { cutRecords, readRecords } from '@fanfold/workers/records'
import type { Records, RecordTable } from '@fanfold/workers/records'
import type { Lease } from './block-memory.ts'
import type { Shard } from './shard.ts'

/** Where a shard's records are in their source. */
export interface TextPlace {
  readonly file: string | undefined
  /** The 1-based line within the file of the first record. */
  readonly firstLine: number
  /** `outcome.index` of the first record. */
  readonly firstIndex: number
}

/** Records as bytes. Only the lines are kept beside them, and only when they do not follow from the position. */
export class TextShard implements Shard {
  readonly tasks: number
  readonly bytes: number
  readonly file: string | undefined
  readonly unreadable: undefined = undefined
  #kept: Buffer | undefined
  #lease: Lease | undefined
  readonly #format: TextFormat
  readonly #place: TextPlace
  /** Lines from the first record to each; `undefined` when that is the position. */
  readonly #lines: Uint32Array | undefined
  #table: RecordTable | undefined
  #records: Records | undefined

  /**
   * @param bytes - from the start of the first record to the end of the last; its own, or a view that keeps little more
   * alive
   * @param lease - what the bytes lie in, when that is to be used again
   */
  constructor(
    bytes: Buffer,
    lease: Lease | undefined,
    tasks: number,
    format: TextFormat,
    place: TextPlace,
    lines: Uint32Array | undefined,
  ) {
    this.tasks = tasks
    this.bytes = bytes.length + (lines?.byteLength ?? 0)
    this.file = place.file
    this.#kept = bytes
    this.#lease = lease
    this.#format = format
    this.#place = place
    this.#lines = lines
  }

  indexAt(position: number): number {
    return this.#place.firstIndex + (this.#format.name === 'csv' ? position : this.#lineOffset(position))
  }

  lineAt(position: number): number {
    return this.#place.firstLine + this.#lineOffset(position)
  }

  idAt(position: number): unknown {
    if (this.#format.name === 'lines' || this.#format.id === undefined) return undefined
    const records = readRecords(this.#payload(position, this.#slice(position, position + 1)))
    try {
      return records.id(0, records.item(0))
    } catch {
      // A record that cannot be parsed has no id, on whichever side that is found out.
      return undefined
    }
  }

  release(): void {
    this.#kept = undefined
    this.#records = undefined
    this.#lease?.release()
    this.#lease = undefined
  }

  get #bytes(): Buffer {
    if (this.#kept === undefined) {
      throw new FanfoldError(
        'FANFOLD_RUN_CONSUMED',
        'the records of this batch are not kept any more: read them before the next batch is taken.',
      )
    }
    return this.#kept
  }

  recordAt(position: number): string {
    const { starts, ends } = this.#borders()
    return this.#bytes.toString('utf8', starts[position], ends[position])
  }

  itemAt(position: number): unknown {
    const records = this.#opened()
    try {
      return records.item(position)
    } catch {
      return undefined
    }
  }

  writeRecord(position: number, bytes: LineBytes, form: RecordForm): void {
    this.#opened().writeRecord(position, bytes, form)
  }

  /** All of it, as a thread reads it; for who asks for single records. */
  #opened(): Records {
    const bytes = this.#bytes
    this.#records ??= readRecords(this.#payload(0, bytes))
    return this.#records
  }

  payload(from: number, to: number): { readonly payload: ShardPayload; readonly transfer: readonly ArrayBuffer[] } {
    const slice = from === 0 && to === this.tasks ? this.#bytes : this.#slice(from, to)
    return { payload: this.#payload(from, slice), transfer: [] }
  }

  #payload(from: number, bytes: Buffer): ShardPayload {
    return {
      kind: 'text',
      format: this.#format,
      bytes: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength),
      firstIndex: this.indexAt(from),
      firstLine: this.lineAt(from),
      file: this.file,
    }
  }

  #slice(from: number, to: number): Buffer {
    const { starts } = this.#borders()
    return this.#bytes.subarray(starts[from], to < this.tasks ? starts[to] : this.#bytes.length)
  }

  /** Found when a single record is asked for, which for most shards never happens. */
  #borders(): RecordTable {
    this.#table ??= cutRecords(this.#bytes, this.#format)
    return this.#table
  }

  #lineOffset(position: number): number {
    return this.#lines === undefined ? position : (this.#lines[position] ?? 0)
  }
}

/** The place of a record that was too long to be kept. */
export class UnreadableShard implements Shard {
  readonly tasks = 1
  readonly bytes = 0
  readonly file: string | undefined
  readonly unreadable: FanfoldError
  readonly #place: TextPlace

  constructor(unreadable: FanfoldError, place: TextPlace) {
    this.unreadable = unreadable
    this.file = place.file
    this.#place = place
  }

  indexAt(): number {
    return this.#place.firstIndex
  }

  lineAt(): number {
    return this.#place.firstLine
  }

  idAt(): undefined {
    return undefined
  }

  recordAt(): undefined {
    return undefined
  }

  itemAt(): undefined {
    return undefined
  }

  writeRecord(): void {}

  release(): void {}

  payload(): never {
    throw new FanfoldError('FANFOLD_INTERNAL', 'A record that could not be read was about to be sent to a thread.')
  }
}
