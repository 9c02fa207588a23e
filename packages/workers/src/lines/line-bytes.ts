import { Buffer } from 'node:buffer'

const ZERO = 48
const POINT = 46
const DECIMALS = 4
const SCALE = 10 ** DECIMALS
const MOST_DIGITS = 16
const MOST_BYTES_A_CHARACTER = 3
/** Longer texts are measured first, so that no room is made for bytes that do not come. */
const LONG = 16 * 1024
const CR = 13
const SPACE = 32
/** A buffer that has grown beyond this is let go of. */
const MOST_KEPT = 4 * 1024 * 1024

/**
 * Bytes of lines, gathered in a buffer that is used again and again.
 *
 * Not a string: each piece that is added to one leaves an object behind, and so does every number that is made a text
 * of. In a run of millions of lines, enough of them survive a collection for V8 to grow its space for young objects to
 * 128 MB (seen), several times what the run itself holds.
 */
export class LineBytes {
  length = 0
  readonly #capacity: number
  #bytes: Buffer

  constructor(capacity: number) {
    this.#capacity = capacity
    this.#bytes = Buffer.allocUnsafeSlow(capacity)
  }

  /** ASCII characters; short. */
  ascii(text: string): void {
    const { length } = text
    this.#reserve(length)
    const bytes = this.#bytes
    const start = this.length
    for (let i = 0; i < length; i++) bytes[start + i] = text.charCodeAt(i)
    this.length = start + length
  }

  /** All bytes of a piece that lies ready; a view of a part of another costs three times as much to make as to copy. */
  piece(piece: Uint8Array): void {
    this.#reserve(piece.length)
    this.#bytes.set(piece, this.length)
    this.length += piece.length
  }

  /** Any characters. */
  text(text: string): void {
    const { length } = text
    this.#reserve(length > LONG ? Buffer.byteLength(text) : length * MOST_BYTES_A_CHARACTER)
    this.length += this.#bytes.write(text, this.length)
  }

  /** A whole number from 0. */
  whole(value: number): void {
    this.#reserve(MOST_DIGITS)
    let digits = 1
    for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) digits++
    this.#digits(value, digits)
  }

  /** A number from 0, to four decimals: milliseconds that come as single-precision floats have no more that mean anything. */
  decimal(value: number): void {
    const scaled = Math.round(value * SCALE)
    this.whole(Math.floor(scaled / SCALE))
    let fraction = scaled % SCALE
    let digits = DECIMALS
    if (fraction === 0) return
    for (; fraction % 10 === 0; fraction /= 10) digits--
    this.#reserve(1 + DECIMALS)
    this.#bytes[this.length++] = POINT
    this.#digits(fraction, digits)
  }

  /** Bytes of another buffer. */
  bytes(source: Uint8Array, start: number, end: number): void {
    this.#reserve(end - start)
    this.#bytes.set(source.subarray(start, end), this.length)
    this.length += end - start
  }

  /** As {@link bytes}, with a space for each CR: between the tokens of JSON it is one, and to some a line end. */
  bytesInOneLine(source: Uint8Array, start: number, end: number): void {
    const from = this.length
    this.bytes(source, start, end)
    for (let at = from; at < this.length; at++) if (this.#bytes[at] === CR) this.#bytes[at] = SPACE
  }

  /** What the other has gathered from `start` to `end`. */
  part(other: LineBytes, start: number, end: number): void {
    this.bytes(other.#bytes, start, end)
  }

  /** A copy of what was gathered, in memory of its own, that may be moved; it begins anew. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = Buffer.allocUnsafeSlow(this.length)
    this.#bytes.copy(taken, 0, 0, this.length)
    this.clear()
    return new Uint8Array(taken.buffer)
  }

  /** What was gathered, in memory that held as much before, if it did: new memory costs more than a short copy. */
  takeInto(before: Uint8Array): Uint8Array {
    if (before.length !== this.length) return this.take()
    for (let i = 0; i < this.length; i++) before[i] = this.#bytes[i]!
    this.length = 0
    return before
  }

  /** Begins anew, and does not keep what it needed for something large. */
  clear(): void {
    this.length = 0
    if (this.#bytes.length > MOST_KEPT) this.#bytes = Buffer.allocUnsafeSlow(this.#capacity)
  }

  #digits(value: number, digits: number): void {
    const bytes = this.#bytes
    let rest = value
    for (let at = this.length + digits - 1; at >= this.length; at--) {
      const next = Math.floor(rest / 10)
      bytes[at] = ZERO + rest - next * 10
      rest = next
    }
    this.length += digits
  }

  #reserve(bytes: number): void {
    const needed = this.length + bytes
    if (needed <= this.#bytes.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#bytes.length))
    this.#bytes.copy(larger, 0, 0, this.length)
    this.#bytes = larger
  }
}
