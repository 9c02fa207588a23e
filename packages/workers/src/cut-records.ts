import type { Buffer } from 'node:buffer'
import { CsvCutter } from './csv-cutter.ts'
import { LineCutter } from './record-cutter.ts'
import type { RecordCutter } from './record-cutter.ts'

const FIRST_CAPACITY = 1024
const NEWLINE = 0x0a
const CARRIAGE_RETURN = 0x0d
const SPACE = 0x20

/** What cutting has to know of a text format. */
export type CutFormat =
  | { readonly name: 'ndjson' }
  | { readonly name: 'lines' }
  | { readonly name: 'csv'; readonly delimiter: string }

/** The borders of all records in a stretch of bytes. */
export interface RecordTable {
  readonly count: number
  readonly starts: Uint32Array
  /** Without the line end. */
  readonly ends: Uint32Array
  /** Lines between the first line of the bytes and each record's first; `undefined` when that is the record's ordinal. */
  readonly lines: Uint32Array | undefined
}

/** @param maxFieldBytes of a quoted CSV field */
export function recordCutter(format: CutFormat, maxFieldBytes: number = Infinity): RecordCutter {
  return format.name === 'csv'
    ? new CsvCutter(format.delimiter, maxFieldBytes)
    : new LineCutter(format.name === 'lines')
}

/** Cuts bytes that start and end at record borders. A quote left open takes the rest: a record that cannot be parsed. */
export function cutRecords(bytes: Buffer, format: CutFormat): RecordTable {
  return (format.name === 'ndjson' ? cutDenseLines(bytes) : undefined) ?? cutAny(bytes, format)
}

/** The usual NDJSON, in which no line is blank or begins with a space: one look for each line end. */
function cutDenseLines(bytes: Buffer): RecordTable | undefined {
  let starts = new Uint32Array(FIRST_CAPACITY)
  let ends = new Uint32Array(FIRST_CAPACITY)
  let count = 0
  for (let start = 0; start < bytes.length; count++) {
    if (bytes[start]! <= SPACE) return undefined
    const newline = bytes.indexOf(NEWLINE, start)
    const end = newline < 0 ? bytes.length : newline
    if (count === starts.length) {
      // As many as the lines so far promise.
      const capacity = Math.ceil((count * bytes.length * 1.02) / start) + 16
      starts = enlarged(starts, capacity)
      ends = enlarged(ends, capacity)
    }
    starts[count] = start
    ends[count] = newline > 0 && bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end
    start = end + 1
  }
  return { count, starts, ends, lines: undefined }
}

function enlarged(column: Uint32Array<ArrayBuffer>, capacity: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(capacity)
  larger.set(column)
  return larger
}

function cutAny(bytes: Buffer, format: CutFormat): RecordTable {
  const cutter = recordCutter(format)
  const starts: number[] = []
  const ends: number[] = []
  const lines: number[] = []
  let dense = true
  while (cutter.find(bytes, true)) {
    const open = cutter.unclosedQuote !== undefined
    const line = (open ? cutter.nextLine : cutter.line) - 1
    if (line !== starts.length) dense = false
    starts.push(open ? cutter.next : cutter.start)
    ends.push(open ? bytes.length : cutter.end)
    lines.push(line)
    if (open) break
  }
  return {
    count: starts.length,
    starts: Uint32Array.from(starts),
    ends: Uint32Array.from(ends),
    lines: dense ? undefined : Uint32Array.from(lines),
  }
}
