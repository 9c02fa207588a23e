import type { Buffer } from 'node:buffer'

/** Characters decoded at once. */
const GROUP_LENGTH = 16 * 1024

/**
 * Short strings out of a long stretch of characters. Decoding each by itself costs 70 ns; a slice of a long string costs 10,
 * but keeps that string in memory for as long as a verifier keeps the slice. So a stretch is decoded at a time, and a
 * kept slice keeps no more than that.
 */
export class GroupedText {
  readonly #bytes: Buffer
  readonly #encoding: 'latin1' | 'utf16le'
  readonly #width: number
  #from = 0
  #group = ''

  /** @param bytes - of `latin1`, ASCII too, one character is one byte */
  constructor(bytes: Buffer, encoding: 'latin1' | 'utf16le' = 'latin1') {
    this.#bytes = bytes
    this.#encoding = encoding
    this.#width = encoding === 'latin1' ? 1 : 2
  }

  /** The characters from `start` to `end` (exclusive); cheap when asked for in ascending order. */
  slice(start: number, end: number): string {
    if (start < this.#from || end > this.#from + this.#group.length)
      this.#decode(start, Math.max(end, start + GROUP_LENGTH))
    return this.#group.slice(start - this.#from, end - this.#from)
  }

  #decode(start: number, end: number): void {
    this.#group = this.#bytes.toString(this.#encoding, start * this.#width, end * this.#width)
    this.#from = start
  }
}
