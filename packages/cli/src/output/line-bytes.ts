import { Buffer } from 'node:buffer'

const ZERO = 48
const POINT = 46
const DECIMALS = 4
const SCALE = 10 ** DECIMALS
const MOST_DIGITS = 16
const MOST_BYTES_A_CHARACTER = 3

/**
 * Bytes of lines, gathered in a buffer that is used again and again.
 *
 * Not a string: each piece that is added to one leaves an object behind, and so does every number that is made a text
 * of. In a run of millions of lines, enough of them survive a collection for V8 to grow its space for young objects to
 * 128 MB (seen), several times what the run itself holds.
 */
export class LineBytes {
  length = 0
  #bytes: Buffer

  constructor(capacity: number) {
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

  /** Any characters. */
  text(text: string): void {
    this.#reserve(text.length * MOST_BYTES_A_CHARACTER)
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

  /** What the other has gathered, which it keeps. */
  addAll(other: LineBytes): void {
    this.#reserve(other.length)
    this.length += other.#bytes.copy(this.#bytes, this.length, 0, other.length)
  }

  /** What was gathered behind the first bytes, as long as nothing more is gathered. */
  from(start: number): Buffer {
    return this.#bytes.subarray(start, this.length)
  }

  /** What was gathered; from now on it gathers into the other buffer. */
  swap(other: Buffer): Buffer {
    const gathered = this.#bytes.subarray(0, this.length)
    this.#bytes = other
    this.length = 0
    return gathered
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
