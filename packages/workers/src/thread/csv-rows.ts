import type { Buffer } from 'node:buffer'
import { createRequire } from 'node:module'
import type Papa from 'papaparse'
import type { RecordTable } from '../cut-records.ts'

/** Larger groups are hardly faster; in smaller ones less is parsed before its task, and less kept by a field that is kept. */
const GROUP_RECORDS = 64
const GROUP_BYTES = 16 * 1024
const CR = 13
const BOM = '\u{FEFF}'

let papa: typeof Papa | undefined

/** Loaded by the first CSV record: that takes 3 ms, which other formats need not pay in every thread. */
function papaparse(): typeof Papa {
  papa ??= createRequire(import.meta.url)('papaparse') as typeof Papa
  return papa
}

/** A record's fields, or what is wrong with it. */
export type CsvRow = readonly string[] | string

/** Parses one record, without its line end. */
export function parseCsvRow(text: string, delimiter: string): CsvRow {
  const { rows, problem } = parse(text, delimiter, '\n', 1)
  return rows?.[0] ?? problem
}

/**
 * Parses several records at once, which is faster, and each by itself as soon as something is odd, so that a bad
 * quote costs no other record. Both ways must give the same fields for the same record: which records share a group is
 * chance. Hence the line end after a single record too: papaparse takes spaces between a quote and a line end, but not
 * between a quote and the end.
 */
export class CsvRows {
  readonly #bytes: Buffer
  readonly #table: RecordTable
  readonly #delimiter: string
  readonly #encoding: 'latin1' | 'utf8'
  #from = 0
  #group: readonly (readonly string[])[] = []
  /** Records before this one are parsed each by itself: a group that starts before it holds a bad one. */
  #groupsFrom: number

  /** @param encoding `unchecked`: not all bytes can be decoded, so records are not parsed together */
  constructor(bytes: Buffer, table: RecordTable, delimiter: string, encoding: 'ascii' | 'utf8' | 'unchecked') {
    this.#bytes = bytes
    this.#table = table
    this.#delimiter = delimiter
    this.#encoding = encoding === 'ascii' ? 'latin1' : 'utf8'
    this.#groupsFrom = encoding === 'unchecked' ? Infinity : 0
  }

  /** Cheap for ascending ordinals. */
  row(ordinal: number): CsvRow {
    const row = this.#group[ordinal - this.#from]
    if (row !== undefined) return row
    if (ordinal >= this.#groupsFrom && this.#parseGroup(ordinal)) return this.#group[0] ?? 'no row'
    const { starts, ends } = this.#table
    const text = this.#bytes.toString(this.#encoding, starts[ordinal], ends[ordinal])
    return parseCsvRow(text, this.#delimiter)
  }

  #parseGroup(from: number): boolean {
    const { starts, ends } = this.#table
    const newline = this.#bytes[ends[from] ?? 0] === CR ? '\r\n' : '\n'
    const start = starts[from] ?? 0
    let to = from + 1
    const most = Math.min(this.#table.count, from + GROUP_RECORDS)
    while (to < most && (ends[to] ?? 0) - start <= GROUP_BYTES && this.#endsWith(newline, to - 1)) to++
    if (to - from < 2) return false
    const text = this.#bytes.toString(this.#encoding, start, ends[to - 1])
    const { rows } = parse(text, this.#delimiter, newline, to - from)
    if (rows === undefined) {
      this.#groupsFrom = to
      return false
    }
    this.#from = from
    this.#group = rows
    return true
  }

  /** Nothing but this line end lies between the record and the next. */
  #endsWith(newline: string, ordinal: number): boolean {
    const { starts, ends } = this.#table
    const end = ends[ordinal] ?? 0
    return (starts[ordinal + 1] ?? 0) - end === newline.length && (this.#bytes[end] === CR) === (newline.length === 2)
  }
}

interface Parsed {
  readonly rows: readonly (readonly string[])[] | undefined
  readonly problem: string
}

function parse(text: string, delimiter: string, newline: '\n' | '\r\n', expected: number): Parsed {
  // papaparse strips a byte order mark, even where it is the start of a value.
  const input = (text.startsWith(BOM) ? BOM : '') + text + newline
  const { data, errors } = papaparse().parse<string[]>(input, { delimiter, newline, quoteChar: '"', escapeChar: '"' })
  const [error] = errors
  if (error !== undefined) return { rows: undefined, problem: PROBLEMS[error.code] ?? error.message }
  // The line end at the end opens one more row.
  if (data.length !== expected + 1) return { rows: undefined, problem: 'a quote is out of place' }
  data.pop()
  return { rows: data, problem: '' }
}

const PROBLEMS: Readonly<Record<string, string>> = {
  MissingQuotes: 'a quoted field is not closed',
  InvalidQuotes: 'text follows the closing quote of a field',
}
