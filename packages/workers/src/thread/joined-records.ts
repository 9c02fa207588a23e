import { Buffer } from 'node:buffer'
import { lengthsIn } from '../item-lengths.ts'
import type { Lengths } from '../item-lengths.ts'
import type { ByteArraysPayload, StringsPayload } from '../protocol.ts'
import { GroupedText } from './grouped-text.ts'
import type { Records } from './record-list.ts'

/** Items that came one after the other in one stretch. */
abstract class JoinedRecords implements Records {
  readonly count: number
  readonly #lengths: Lengths
  readonly #firstIndex: number
  /** The ordinal that is likely to be asked for next, and where it starts. */
  #next = 0
  #start = 0

  constructor({ bytes, count, lengthBytes, firstIndex }: StringsPayload | ByteArraysPayload) {
    this.count = count
    this.#lengths = lengthsIn(bytes, count, lengthBytes)
    this.#firstIndex = firstIndex
  }

  protected abstract itemIn(start: number, end: number): unknown

  item(ordinal: number): unknown {
    if (ordinal !== this.#next) this.#seek(ordinal)
    const start = this.#start
    const end = start + (this.#lengths[ordinal] ?? 0)
    this.#next = ordinal + 1
    this.#start = end
    return this.itemIn(start, end)
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

export class StringRecords extends JoinedRecords {
  readonly #text: GroupedText

  constructor(payload: StringsPayload) {
    super(payload)
    this.#text = new GroupedText(stretchOf(payload))
  }

  protected override itemIn(start: number, end: number): string {
    return this.#text.slice(start, end)
  }
}

export class ByteArrayRecords extends JoinedRecords {
  readonly #stretch: Uint8Array

  constructor(payload: ByteArraysPayload) {
    super(payload)
    const { buffer, byteOffset, length } = stretchOf(payload)
    this.#stretch = new Uint8Array(buffer, byteOffset, length)
  }

  /** Each in memory of its own: a verifier may keep it, or give it away, and the stretch travels back. */
  protected override itemIn(start: number, end: number): Uint8Array {
    return this.#stretch.slice(start, end)
  }
}

/** What follows the lengths. */
function stretchOf({ bytes, count, lengthBytes }: StringsPayload | ByteArraysPayload): Buffer {
  const size = count * lengthBytes
  return Buffer.from(bytes.buffer, bytes.byteOffset + size, bytes.byteLength - size)
}
