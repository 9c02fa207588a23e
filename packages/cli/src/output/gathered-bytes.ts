import { Buffer } from 'node:buffer'

/** Bytes, gathered in a buffer that is used again and again. */
export class GatheredBytes {
  length = 0
  #bytes: Buffer

  constructor(capacity: number) {
    this.#bytes = Buffer.allocUnsafeSlow(capacity)
  }

  add(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.length)
    this.length += bytes.length
  }

  /** What the other has gathered, which it keeps. */
  addAll(other: GatheredBytes): void {
    this.add(other.from(0))
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

  #reserve(bytes: number): void {
    const needed = this.length + bytes
    if (needed <= this.#bytes.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#bytes.length))
    this.#bytes.copy(larger, 0, 0, this.length)
    this.#bytes = larger
  }
}
