import { Buffer } from 'node:buffer'
import type { StringsPayload } from '../protocol.ts'
import { lengthsIn } from '../string-lengths.ts'
import type { Lengths } from '../string-lengths.ts'
import { GroupedText } from './grouped-text.ts'
import type { Records } from './record-list.ts'

/** Strings that came as one stretch of characters. */
export class StringRecords implements Records {
  readonly count: number
  readonly #lengths: Lengths
  readonly #text: GroupedText
  readonly #firstIndex: number
  /** The ordinal that is likely to be asked for next, and where it starts. */
  #next = 0
  #start = 0

  constructor({ bytes, count, lengthBytes, encoding, firstIndex }: StringsPayload) {
    this.count = count
    this.#lengths = lengthsIn(bytes, count, lengthBytes)
    const charactersAt = bytes.byteOffset + count * lengthBytes
    const characters = Buffer.from(bytes.buffer, charactersAt, bytes.byteLength - count * lengthBytes)
    this.#text = new GroupedText(characters, encoding)
    this.#firstIndex = firstIndex
  }

  item(ordinal: number): string {
    if (ordinal !== this.#next) this.#seek(ordinal)
    const start = this.#start
    const end = start + (this.#lengths[ordinal] ?? 0)
    this.#next = ordinal + 1
    this.#start = end
    return this.#text.slice(start, end)
  }

  index(ordinal: number): number {
    return this.#firstIndex + ordinal
  }

  line(): undefined {
    return undefined
  }

  id(): undefined {
    return undefined
  }

  /** Past those that are not to be run; what went before is asked for by nobody but a test. */
  #seek(ordinal: number): void {
    if (ordinal < this.#next) this.#next = this.#start = 0
    for (; this.#next < ordinal; this.#next++) this.#start += this.#lengths[this.#next] ?? 0
  }
}
