import { LineBytes } from '../lines/line-bytes.ts'

const FIRST_CAPACITY = 16 * 1024

/** Texts of records by their ordinals, as bytes: made before a verifier is given the items, which it may change. */
export class KeptTexts {
  readonly #bytes = new LineBytes(FIRST_CAPACITY)
  readonly #starts: Uint32Array
  readonly #ends: Uint32Array

  constructor(records: number) {
    this.#starts = new Uint32Array(records)
    this.#ends = new Uint32Array(records)
  }

  keep(ordinal: number, text: string): void {
    this.#starts[ordinal] = this.#bytes.length
    this.#bytes.text(text)
    this.#ends[ordinal] = this.#bytes.length
  }

  /** Adds the text. @returns whether there is one */
  write(ordinal: number, bytes: LineBytes): boolean {
    const end = this.#ends[ordinal]!
    if (end === 0) return false
    bytes.part(this.#bytes, this.#starts[ordinal]!, end)
    return true
  }
}
