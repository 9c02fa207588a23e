import { FanfoldError } from '@fanfold/workers/protocol'
import type { TextFormat } from '@fanfold/workers/protocol'
import { recordCutter } from '@fanfold/workers/records'
import type { RecordCutter } from '@fanfold/workers/records'
import type { Block, ByteInput } from './byte-input.ts'
import { ByteWindow } from './byte-window.ts'
import { badHeader, readHeader } from './csv-header.ts'
import type { CsvHeader } from './csv-header.ts'
import { InputQueue } from './input-queue.ts'
import { ShardDraft } from './shard-draft.ts'
import type { ReadLimits, Shard, ShardReader } from './shard.ts'
import { brokenInput, recordTooLong, unclosedQuote } from './text-errors.ts'
import { TextShard, UnreadableShard } from './text-shard.ts'
import type { TextPlace } from './text-shard.ts'

/** A pipe that is silent for so long keeps no record waiting that has arrived. */
const PATIENCE_MS = 5
/** At most a CR and a LF more than the text of a record. */
const LINE_END_BYTES = 2
const BOM = Uint8Array.of(0xef, 0xbb, 0xbf)

/** How a text source is to be read. */
export interface TextPlan {
  readonly format: TextFormat
  /** The first record of each input is a CSV header. */
  readonly header: boolean
  readonly maxRecordBytes: number
  /** There are several inputs, so tasks say which one they came from. */
  readonly named: boolean
}

/**
 * Cuts a sequence of inputs into shards.
 *
 * Bytes wait in a window that starts with the draft of the next shard, or else with the record that is not complete yet.
 * A shard ends where a limit is reached, where an input ends, or where it would have to wait.
 */
export class TextReader implements ShardReader {
  readonly totalTasks = undefined
  readonly totalBytes: number | undefined
  readonly #plan: TextPlan
  readonly #queue: InputQueue
  readonly #window = new ByteWindow()
  readonly #draft = new ShardDraft()
  #format: TextFormat
  #cutter: RecordCutter
  #phase: 'mark' | 'header' | 'records' = 'mark'
  #header: CsvHeader | undefined
  /** The input has been read to its end. */
  #final = false
  #closed = false
  /** Lines (`csv`: records) before those of the draft: of the inputs before, and for `csv` of this one too. */
  #indexBase = 0
  /** Found behind the draft, and due when the draft has been given out. */
  #due: Shard | FanfoldError | undefined

  constructor(inputs: readonly ByteInput[], plan: TextPlan) {
    this.#plan = plan
    this.#format = plan.format
    this.#cutter = recordCutter(plan.format, plan.maxRecordBytes)
    this.#queue = new InputQueue(inputs)
    const sizes = inputs.map((input) => input.size ?? NaN)
    const total = sizes.reduce((sum, size) => sum + size, 0)
    this.totalBytes = Number.isNaN(total) ? undefined : total
    void this.#queue.readAhead()
  }

  /** Without what waits in the window: of a small file all is there at once, and hardly any of it handed out. */
  get bytesRead(): number {
    const { length } = this.#window.bytes
    const behind = this.#draft.tasks > 0 ? this.#draft.start : Math.min(length, Math.max(0, this.#cutter.next))
    return this.#queue.bytesRead - length + behind
  }

  next(limits: ReadLimits): Shard | undefined | Promise<Shard | undefined> {
    try {
      return this.#cut(limits) ?? this.#readAndCut(limits)
    } catch (error) {
      // One way for errors to come: a caller need not expect this to throw.
      return Promise.reject(error)
    }
  }

  close(): void {
    this.#closed = true
    this.#queue.close()
  }

  async #readAndCut(limits: ReadLimits): Promise<Shard | undefined> {
    for (;;) {
      if (this.#draft.tasks > 0 && (this.#isWorthSending(limits) || !(await this.#queue.arrives(PATIENCE_MS))))
        return this.#finish()
      if (this.#final && !this.#nextInput()) return undefined
      await this.#fill()
      if (this.#closed) return undefined
      const shard = this.#cut(limits)
      if (shard !== undefined) return shard
    }
  }

  /** Cuts a shard from the bytes that are there; `undefined` if more are needed to complete it. */
  #cut(limits: ReadLimits): Shard | undefined {
    const due = this.#takeDue()
    if (due !== undefined) return due
    if (this.#phase !== 'records' && !this.#begin()) return undefined
    const draft = this.#draft
    const cutter = this.#cutter
    const { bytes } = this.#window
    const { maxRecordBytes } = this.#plan
    while (draft.tasks < limits.maxTasks) {
      this.#pass(limits)
      if (draft.tasks >= limits.maxTasks) break
      if (!cutter.find(bytes, this.#final)) return this.#final && draft.tasks > 0 ? this.#finish() : undefined
      if (cutter.unclosedQuote !== undefined) return this.#finishBefore(() => this.#unclosed())
      if (cutter.end - cutter.start > maxRecordBytes) return this.#finishBefore(() => this.#tooLong())
      if (draft.tasks > 0 && cutter.next - draft.start > limits.maxBytes) {
        const shard = this.#finish()
        draft.add(cutter)
        return shard
      }
      draft.add(cutter)
    }
    return this.#finish()
  }

  #pass(limits: ReadLimits): void {
    const draft = this.#draft
    const cutter = this.#cutter
    const { next, nextLine } = cutter
    if (!draft.goesOnAt(nextLine)) return
    const limit = (draft.tasks > 0 ? draft.start : next) + limits.maxBytes
    const records = cutter.pass(this.#window.bytes, limits.maxTasks - draft.tasks, limit, this.#plan.maxRecordBytes)
    if (records > 0) draft.addLines(records, next, nextLine, cutter.next)
  }

  /**
   * A shard is not held up to gather little more, nor while a record comes in that will have none of it; and what would not
   * go in front of the next block is rather sent than copied, though it be less than was wanted.
   */
  #isWorthSending(limits: ReadLimits): boolean {
    const { bytes, headroom = Infinity } = this.#window
    const { length } = bytes
    return (
      length - this.#draft.start > Math.min(limits.maxBytes / 2, headroom) ||
      length - this.#cutter.next > this.#plan.maxRecordBytes + LINE_END_BYTES
    )
  }

  #finish(): Shard {
    const { tasks, start, end, firstLine } = this.#draft
    const { bytes, lease } = this.#window.take(start, end)
    const place = this.#place(firstLine)
    const shard = new TextShard(bytes, lease, tasks, this.#format, place, this.#draft.lines())
    if (this.#format.name === 'csv') this.#indexBase += tasks
    this.#draft.clear()
    return shard
  }

  /** The draft, if it has anything, and then what comes after it. */
  #finishBefore(due: () => Shard | FanfoldError): Shard | undefined {
    const shard = this.#draft.tasks > 0 ? this.#finish() : undefined
    this.#due = due()
    return shard ?? this.#takeDue()
  }

  #takeDue(): Shard | undefined {
    const due = this.#due
    if (due === undefined) return undefined
    if (this.#draft.tasks > 0) return this.#finish()
    // An error stays: whoever asks again gets it again.
    if (due instanceof FanfoldError) throw due
    this.#due = undefined
    return due
  }

  #tooLong(): Shard {
    const { line, start, end } = this.#cutter
    const error = recordTooLong(line, this.#queue.input?.name, end - start, this.#plan.maxRecordBytes)
    const shard = new UnreadableShard(error, this.#place(line))
    if (this.#format.name === 'csv') this.#indexBase++
    return shard
  }

  #unclosed(): FanfoldError {
    return unclosedQuote(this.#cutter.unclosedQuote ?? 0, this.#queue.input?.name, this.#plan.maxRecordBytes)
  }

  #place(line: number): TextPlace {
    return {
      file: this.#plan.named ? this.#queue.input?.name : undefined,
      firstLine: line,
      firstIndex: this.#format.name === 'csv' ? this.#indexBase : this.#indexBase + line - 1,
    }
  }

  /** Passes over a byte order mark and the header; `false` if they are not there yet. */
  #begin(): boolean {
    const { bytes } = this.#window
    if (this.#phase === 'mark') {
      if (bytes.length < BOM.length && !this.#final) return false
      if (bytes.subarray(0, BOM.length).equals(BOM)) this.#cutter.skipTo(BOM.length)
      this.#phase = this.#plan.header ? 'header' : 'records'
    }
    if (this.#phase === 'header' && !this.#readHeader()) return false
    this.#phase = 'records'
    return true
  }

  #readHeader(): boolean {
    const cutter = this.#cutter
    const { bytes } = this.#window
    const { format, maxRecordBytes } = this.#plan
    const file = this.#queue.input?.name
    if (!cutter.find(bytes, this.#final)) return false
    if (cutter.unclosedQuote !== undefined) return this.#fail(this.#unclosed())
    if (cutter.end - cutter.start > maxRecordBytes) {
      return this.#fail(
        badHeader(
          file,
          `it is longer than ${maxRecordBytes} bytes`,
          'Raise maxRecordBytes (--max-record), or check the file.',
        ),
      )
    }
    if (format.name !== 'csv') return true
    const record = bytes.subarray(cutter.start, cutter.end)
    try {
      this.#header = readHeader(record, format.delimiter, file, this.#header)
    } catch (error) {
      return this.#fail(brokenInput(error, file))
    }
    this.#format = { ...format, header: this.#header.names }
    return true
  }

  #fail(error: FanfoldError): never {
    this.#due = error
    throw error
  }

  async #fill(): Promise<void> {
    try {
      const block = await this.#queue.read()
      if (block === undefined) this.#final = true
      else this.#append(block)
    } catch (error) {
      this.#final = true
      this.#due = brokenInput(error, this.#queue.input?.name)
    }
  }

  #append(block: Block): void {
    const { bytes } = this.#window
    const cutter = this.#cutter
    let keepFrom = this.#draft.tasks > 0 ? this.#draft.start : Math.max(0, cutter.next)
    // Too long already: only its end and its line matter now.
    const tooLong = bytes.length - cutter.next > this.#plan.maxRecordBytes + LINE_END_BYTES
    if (tooLong && this.#draft.tasks === 0) keepFrom = cutter.drop(bytes)
    const delta = this.#window.append(block, keepFrom)
    cutter.shift(delta)
    this.#draft.shift(delta)
    void this.#queue.readAhead()
  }

  #nextInput(): boolean {
    if (this.#format.name !== 'csv') this.#indexBase += this.#cutter.nextLine - 1
    this.#window.clear()
    this.#cutter = recordCutter(this.#plan.format, this.#plan.maxRecordBytes)
    if (!this.#queue.advance()) return false
    this.#phase = 'mark'
    this.#final = false
    void this.#queue.readAhead()
    return true
  }
}
