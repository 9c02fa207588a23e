import type { Buffer } from 'node:buffer'

const LF = 10
const CR = 13
const SPACE = 32
const TAB = 9

/**
 * Finds the borders of records in UTF-8 bytes that arrive piece by piece. The main thread cuts shards with it, a
 * thread cuts a shard's bytes into records: both must see the same borders, so both use this.
 *
 * Everything is a position in the bytes given to the next `find()`. Bytes before `keepFrom()` are not looked at again;
 * who lets go of them, or moves the rest, calls `shift()`. Positions of what was let go of become negative, which keeps
 * the length of a record known that was too long to be kept.
 */
export abstract class RecordCutter {
  /** The record found last: where its bytes start, and where they end, without the line end. */
  start = 0
  end = 0
  /** The 1-based line on which the record found last starts. */
  line = 1
  /** Where the next record, or a blank line before it, starts. */
  next = 0
  /** The line on which `next` is; at the end of a file, 1 + its number of lines. */
  nextLine = 1
  /** The line on which a quoted field opens that does not end, or not within the limit. The source is then broken. */
  unclosedQuote: number | undefined = undefined
  /** Nothing of interest is left before this position; at least 0. */
  protected scanned = 0

  /**
   * Goes on to the next record. `false`: there is none without more bytes; with `final`, none at all. The same bytes
   * are not searched twice, however often this is called.
   */
  abstract find(bytes: Buffer, final: boolean): boolean

  /**
   * A fast way over records like most: complete, not blank, without surprises. Goes over at most `most`, of at most
   * `maxBytes` each, which end at or before `limit`; `find()` is for whatever comes then.
   *
   * @returns how many, each on a line of its own
   */
  pass(_bytes: Buffer, _most: number, _limit: number, _maxBytes: number): number {
    return 0
  }

  /** For a record too long to be kept: the position before which its bytes may be let go of. */
  drop(_bytes: Buffer): number {
    // One byte stays: a CR before a LF, or the delimiter before a quote.
    return Math.max(0, this.scanned - 1)
  }

  /** The bytes have moved by `delta`. */
  shift(delta: number): void {
    this.start += delta
    this.end += delta
    this.next += delta
    this.scanned += delta
  }

  /** Skips what is no part of any record, such as a byte order mark. */
  skipTo(position: number): void {
    this.next = position
    this.scanned = position
  }

  protected setRecord(bytes: Buffer, stop: number, lines: number): void {
    const start = this.next
    this.start = start
    const endsWithLineEnd = stop < bytes.length
    // A CR is part of the line end only before a LF.
    this.end = endsWithLineEnd && stop > start && stop > 0 && bytes[stop - 1] === CR ? stop - 1 : stop
    this.line = this.nextLine
    this.nextLine += lines
    this.next = endsWithLineEnd ? stop + 1 : stop
    this.scanned = this.next
  }
}

/** One record a line. */
export class LineCutter extends RecordCutter {
  readonly #blankIsRecord: boolean
  #droppedIsBlank = true

  /** @param blankIsRecord whether a line of nothing but JSON whitespace is a record too */
  constructor(blankIsRecord: boolean) {
    super()
    this.#blankIsRecord = blankIsRecord
  }

  override find(bytes: Buffer, final: boolean): boolean {
    for (;;) {
      let stop = bytes.indexOf(LF, this.scanned)
      if (stop === -1) {
        stop = bytes.length
        this.scanned = stop
        if (!final || this.next >= stop) return false
      }
      this.setRecord(bytes, stop, 1)
      if (this.#blankIsRecord || !this.#isBlank(bytes)) return true
    }
  }

  override pass(bytes: Buffer, most: number, limit: number, maxBytes: number): number {
    const first = this.next
    // A line that was searched in part is long, or the last: nothing for here.
    if (this.scanned !== first) return 0
    let next = first
    let records = 0
    while (records < most && next < bytes.length) {
      // A first character that may be that of a blank line.
      if (!this.#blankIsRecord && (bytes[next] ?? 0) <= SPACE) break
      const stop = bytes.indexOf(LF, next)
      if (stop === -1 || stop >= limit || stop - next > maxBytes) break
      next = stop + 1
      records++
    }
    this.next = next
    this.scanned = next
    this.nextLine += records
    return records
  }

  override drop(bytes: Buffer): number {
    this.#droppedIsBlank &&= isBlank(bytes, Math.max(0, this.next), this.scanned)
    return super.drop(bytes)
  }

  #isBlank(bytes: Buffer): boolean {
    if (this.start >= 0) return isBlank(bytes, this.start, this.end)
    const blank = this.#droppedIsBlank && isBlank(bytes, 0, this.end)
    this.#droppedIsBlank = true
    return blank
  }
}

function isBlank(bytes: Buffer, start: number, end: number): boolean {
  for (let position = start; position < end; position++) {
    const byte = bytes[position]
    if (byte !== SPACE && byte !== TAB && byte !== CR) return false
  }
  return true
}
