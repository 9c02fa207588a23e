import type { Buffer } from 'node:buffer'
import { RecordCutter } from './record-cutter.ts'

const LF = 10
const QUOTE = 34

/**
 * CSV records: line ends within quotes belong to the record, and a quote opens only as the first character of a field,
 * so that a stray one costs its own record and not the rows after it. A stretch without quotes is cut by line ends
 * alone.
 */
export class CsvCutter extends RecordCutter {
  readonly #delimiter: number
  readonly #maxFieldBytes: number
  readonly #newlines = new NextByte(LF)
  readonly #quotes = new NextByte(QUOTE)
  #inQuotes = false
  #quoteAt = 0
  #quoteLine = 0
  /** Line ends within quotes, of the record being read. */
  #innerLines = 0

  /** @param delimiter one ASCII character */
  constructor(delimiter: string, maxFieldBytes: number = Infinity) {
    super()
    this.#delimiter = delimiter.charCodeAt(0)
    this.#maxFieldBytes = maxFieldBytes
  }

  override find(bytes: Buffer, final: boolean): boolean {
    for (;;) {
      if (this.#inQuotes && !this.#leaveQuotes(bytes, final)) return this.unclosedQuote !== undefined
      const stop = this.#newlines.atOrAfter(bytes, this.scanned)
      if (this.#enterQuotes(bytes, stop)) continue
      if (stop === bytes.length) {
        this.scanned = stop
        if (!final || this.next >= stop) return false
      }
      this.setRecord(bytes, stop, 1 + this.#innerLines)
      this.#innerLines = 0
      if (this.end > this.start) return true
    }
  }

  override shift(delta: number): void {
    super.shift(delta)
    this.#quoteAt += delta
    this.#newlines.shift(delta)
    this.#quotes.shift(delta)
  }

  /** Goes to the next quote before `stop` that opens a field; `false` if there is none. */
  #enterQuotes(bytes: Buffer, stop: number): boolean {
    for (;;) {
      const at = this.#quotes.atOrAfter(bytes, this.scanned)
      if (at >= stop) return false
      this.scanned = at + 1
      if (at === this.next || bytes[at - 1] === this.#delimiter) {
        this.#inQuotes = true
        this.#quoteAt = at
        this.#quoteLine = this.nextLine + this.#innerLines
        return true
      }
    }
  }

  /** Goes behind the closing quote; `false` if it is not there. */
  #leaveQuotes(bytes: Buffer, final: boolean): boolean {
    for (;;) {
      const at = this.#quotes.atOrAfter(bytes, this.scanned)
      this.#countLines(bytes, at)
      this.scanned = at
      const atEnd = at === bytes.length
      if (at - this.#quoteAt - 1 > this.#maxFieldBytes || (atEnd && final)) {
        this.unclosedQuote = this.#quoteLine
        return false
      }
      // The last byte so far may be the first half of an escaped quote.
      if (atEnd || (at === bytes.length - 1 && !final)) return false
      if (bytes[at + 1] === QUOTE) {
        this.scanned = at + 2
        continue
      }
      this.scanned = at + 1
      this.#inQuotes = false
      return true
    }
  }

  #countLines(bytes: Buffer, end: number): void {
    let at = this.#newlines.atOrAfter(bytes, this.scanned)
    while (at < end) {
      this.#innerLines++
      at = this.#newlines.atOrAfter(bytes, at + 1)
    }
  }
}

/** Where a byte comes next. It remembers, so that a record of many short fields is not searched once for each. */
class NextByte {
  readonly #byte: number
  /** Either such a byte, or a position before which there is none from the one asked for last. */
  #at = 0

  constructor(byte: number) {
    this.#byte = byte
  }

  /** `bytes.length` if there is none. Positions asked for only ascend. */
  atOrAfter(bytes: Buffer, position: number): number {
    const from = Math.max(this.#at, position)
    if (from < bytes.length && bytes[from] !== this.#byte) {
      const at = bytes.indexOf(this.#byte, from)
      this.#at = at === -1 ? bytes.length : at
    } else {
      this.#at = from
    }
    return this.#at
  }

  shift(delta: number): void {
    this.#at += delta
  }
}
