import { Buffer, isAscii, isUtf8 } from 'node:buffer'
import { cutRecords } from '../cut-records.ts'
import type { RecordTable } from '../cut-records.ts'
import { FanfoldError } from '../fanfold-error.ts'
import { stringify } from '../lines/json-text.ts'
import type { LineBytes } from '../lines/line-bytes.ts'
import { RECORD_KEY } from '../lines/record-form.ts'
import type { RecordForm } from '../lines/record-form.ts'
import type { TextFormat, TextPayload } from '../protocol.ts'
import { compileId } from '../record-id.ts'
import type { ReadId } from '../record-id.ts'
import { CsvRows, parseCsvRow } from './csv-rows.ts'
import type { CsvRow } from './csv-rows.ts'
import { GroupedText } from './grouped-text.ts'
import { KeptTexts } from './kept-texts.ts'
import type { Records } from './record-list.ts'

/** What the text formats share. Borders are found for all records at once, about 30 ns each; parsing waits for `item`. */
abstract class TextRecords implements Records {
  readonly count: number
  protected readonly bytes: Buffer
  protected readonly table: RecordTable
  /** Whole blocks are checked first: that is 20 times faster than record by record, and nearly always enough. */
  protected readonly encoding: 'ascii' | 'utf8' | 'unchecked'
  readonly #ascii: GroupedText
  readonly #payload: TextPayload
  readonly #readId: ReadId | undefined

  constructor(payload: TextPayload, id: string | undefined) {
    const { bytes } = payload
    this.#payload = payload
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.table = cutRecords(this.bytes, payload.format)
    this.count = this.table.count
    this.encoding = isAscii(this.bytes) ? 'ascii' : isUtf8(this.bytes) ? 'utf8' : 'unchecked'
    this.#ascii = new GroupedText(this.bytes)
    this.#readId = id === undefined ? undefined : compileId(id)
  }

  abstract item(ordinal: number): unknown
  abstract writeRecord(ordinal: number, bytes: LineBytes, form: RecordForm): void

  index(ordinal: number): number {
    const { firstIndex, format } = this.#payload
    return firstIndex + (format.name === 'csv' ? ordinal : this.#lineOffset(ordinal))
  }

  line(ordinal: number): number {
    return this.#payload.firstLine + this.#lineOffset(ordinal)
  }

  id(_ordinal: number, item: unknown): unknown {
    return this.#readId?.(item)
  }

  protected text(ordinal: number): string {
    const start = this.table.starts[ordinal] ?? 0
    const end = this.table.ends[ordinal] ?? 0
    if (this.encoding === 'ascii') return this.#ascii.slice(start, end)
    if (this.encoding === 'unchecked' && !isUtf8(this.bytes.subarray(start, end))) {
      throw this.unparsable(ordinal, 'it is not valid UTF-8', 'Convert the input to UTF-8.')
    }
    return this.bytes.toString('utf8', start, end)
  }

  /** The text as it was read, for a person to look at: bytes that are no text are replaced. */
  protected rawText(ordinal: number): string {
    return this.bytes.toString('utf8', this.table.starts[ordinal], this.table.ends[ordinal])
  }

  protected unparsable(ordinal: number, problem: string, remedy: string, cause?: unknown): FanfoldError {
    const { file } = this.#payload
    const place = `line ${this.line(ordinal)}${file === undefined ? '' : ` of ${file}`}`
    const options = cause === undefined ? undefined : { cause }
    return new FanfoldError(
      'FANFOLD_RECORD_UNPARSABLE',
      `the record on ${place} cannot be read: ${problem}. ${remedy}`,
      options,
    )
  }

  #lineOffset(ordinal: number): number {
    const { lines } = this.table
    return lines === undefined ? ordinal : (lines[ordinal] ?? 0)
  }
}

/** As they were before any verifier was imported: what a library has put in their place reads and writes no records. */
const parseJson: (text: string) => unknown = JSON.parse
const rowText: (item: Readonly<Record<string, string>> | readonly string[]) => string = JSON.stringify
const CR = 13

export class JsonRecords extends TextRecords {
  /** Where the next CR is, seen from this place; hardly any text has one. */
  #crFrom = 0
  #cr = -1

  constructor(payload: TextPayload, format: TextFormat & { readonly name: 'ndjson' }) {
    super(payload, format.id)
  }

  override item(ordinal: number): unknown {
    const text = this.text(ordinal)
    try {
      return parseJson(text)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw this.unparsable(ordinal, `it is not valid JSON (${reason})`, 'Each line has to be one JSON value.', error)
    }
  }

  /** A record that was parsed stands in its line as it is, byte for byte, and is neither decoded nor parsed again. */
  override writeRecord(ordinal: number, bytes: LineBytes, form: RecordForm): void {
    bytes.ascii(RECORD_KEY)
    if (form === 'parsed') return this.#writeBytes(this.table.starts[ordinal]!, this.table.ends[ordinal]!, bytes)
    const text = this.rawText(ordinal)
    bytes.text(form === 'unknown' && isJson(text) ? text.replaceAll('\r', ' ') : stringify(text))
  }

  #writeBytes(start: number, end: number, bytes: LineBytes): void {
    if (start < this.#crFrom || start > this.#cr) {
      const next = this.bytes.indexOf(CR, start)
      this.#cr = next === -1 ? Infinity : next
      this.#crFrom = start
    }
    // A lone CR between tokens is JSON, and a line end to some who read lines.
    if (this.#cr < end) bytes.bytesInOneLine(this.bytes, start, end)
    else bytes.bytes(this.bytes, start, end)
  }
}

/** Of a task that the main thread has settled, it is not known whether its record can be read. */
function isJson(text: string): boolean {
  try {
    parseJson(text)
    return true
  } catch {
    return false
  }
}

export class LineRecords extends TextRecords {
  constructor(payload: TextPayload) {
    super(payload, undefined)
  }

  override item(ordinal: number): string {
    return this.text(ordinal)
  }

  override writeRecord(ordinal: number, bytes: LineBytes): void {
    bytes.ascii(RECORD_KEY)
    bytes.text(stringify(this.rawText(ordinal)))
  }
}

export class CsvRecords extends TextRecords {
  readonly #header: readonly string[] | undefined
  readonly #delimiter: string
  readonly #rows: CsvRows
  #texts: KeptTexts | undefined

  constructor(payload: TextPayload, format: TextFormat & { readonly name: 'csv' }) {
    super(payload, format.id)
    this.#header = format.header
    this.#delimiter = format.delimiter
    this.#rows = new CsvRows(this.bytes, this.table, format.delimiter, this.encoding)
  }

  override item(ordinal: number): unknown {
    // Only for its check: without one, rows are decoded in groups.
    if (this.encoding === 'unchecked') this.text(ordinal)
    const item = this.#itemOf(ordinal, this.#rows.row(ordinal))
    this.#texts?.keep(ordinal, rowText(item))
    return item
  }

  /** Those of all tasks: parsed once, then. */
  keepRecords(isForAll: boolean): void {
    if (isForAll) this.#texts = new KeptTexts(this.count)
  }

  override writeRecord(ordinal: number, bytes: LineBytes): void {
    bytes.ascii(RECORD_KEY)
    if (this.#texts?.write(ordinal, bytes) !== true) bytes.text(this.#textOf(ordinal))
  }

  /** Parsed by itself: a group would be parsed for this one, and take the place of the one in use. */
  #textOf(ordinal: number): string {
    try {
      return rowText(this.#itemOf(ordinal, parseCsvRow(this.text(ordinal), this.#delimiter)))
    } catch {
      return stringify(this.rawText(ordinal))
    }
  }

  #itemOf(ordinal: number, row: CsvRow): Readonly<Record<string, string>> | readonly string[] {
    if (typeof row === 'string') throw this.unparsable(ordinal, row, 'Correct its quotes: "" is a quote within quotes.')
    const header = this.#header
    if (header === undefined) return row
    if (row.length !== header.length) {
      const counts = `${header.length} fields expected by the header, ${row.length} found`
      throw this.unparsable(ordinal, counts, 'Fields that hold the delimiter have to be quoted.')
    }
    return byHeader(header, row)
  }
}

function byHeader(header: readonly string[], row: readonly string[]): Record<string, string> {
  const item: Record<string, string> = {}
  for (let column = 0; column < header.length; column++) {
    const name = header[column] ?? ''
    const value = row[column] ?? ''
    // Assigned, a column of this name would set the prototype, or be lost.
    if (name === '__proto__')
      Object.defineProperty(item, name, { value, enumerable: true, writable: true, configurable: true })
    else item[name] = value
  }
  return item
}
