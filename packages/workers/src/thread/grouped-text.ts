import type { Buffer } from 'node:buffer'

/** Code units decoded at once. */
const GROUP_UNITS = 16 * 1024

/**
 * Short strings out of a long stretch of bytes. Decoding each by itself costs 70 ns; a slice of a long string costs 10,
 * but keeps that string in memory for as long as a verifier keeps the slice. So a stretch is decoded at a time, and a
 * kept slice keeps no more than that.
 */
export class GroupedText {
  readonly #bytes: Buffer
  readonly #encoding: 'latin1' | 'utf16le'
  readonly #bytesPerUnit: 1 | 2
  #from = 0
  #group = ''

  /** @param encoding one with a fixed size, so that positions are known without decoding */
  constructor(bytes: Buffer, encoding: 'latin1' | 'utf16le') {
    this.#bytes = bytes
    this.#encoding = encoding
    this.#bytesPerUnit = encoding === 'latin1' ? 1 : 2
  }

  /** The text from unit `start` to `end` (exclusive); cheap when asked for in ascending order. */
  slice(start: number, end: number): string {
    if (start < this.#from || end > this.#from + this.#group.length) {
      const to = Math.max(end, start + GROUP_UNITS)
      this.#group = this.#bytes.toString(this.#encoding, start * this.#bytesPerUnit, to * this.#bytesPerUnit)
      this.#from = start
    }
    return this.#group.slice(start - this.#from, end - this.#from)
  }
}
