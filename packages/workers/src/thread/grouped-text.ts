import type { Buffer } from 'node:buffer'

/** Characters decoded at once. */
const GROUP_LENGTH = 16 * 1024

/**
 * Short strings out of a long stretch of ASCII bytes. Decoding each by itself costs 70 ns; a slice of a long string costs 10,
 * but keeps that string in memory for as long as a verifier keeps the slice. So a stretch is decoded at a time, and a
 * kept slice keeps no more than that.
 */
export class GroupedText {
  readonly #bytes: Buffer
  #from = 0
  #group = ''

  constructor(ascii: Buffer) {
    this.#bytes = ascii
  }

  /** The text from `start` to `end` (exclusive); cheap when asked for in ascending order. */
  slice(start: number, end: number): string {
    if (start < this.#from || end > this.#from + this.#group.length) {
      this.#group = this.#bytes.toString('latin1', start, Math.max(end, start + GROUP_LENGTH))
      this.#from = start
    }
    return this.#group.slice(start - this.#from, end - this.#from)
  }
}
