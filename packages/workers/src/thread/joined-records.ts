import { Buffer } from 'node:buffer'
import { lengthsIn } from '../item-lengths.ts'
import type { Lengths } from '../item-lengths.ts'
import { jsonText } from '../lines/json-text.ts'
import type { LineBytes } from '../lines/line-bytes.ts'
import { RECORD_KEY } from '../lines/record-form.ts'
import type { ByteArraysPayload, StringsPayload } from '../protocol.ts'
import { CountedRecords } from './counted-records.ts'
import { GroupedText } from './grouped-text.ts'

/** Where the next item starts, for one who asks in ascending order. */
class Cursor {
  readonly #lengths: Lengths
  #next = 0
  #start = 0

  constructor(lengths: Lengths) {
    this.#lengths = lengths
  }

  /** Where the item starts; it ends where the next one does. */
  startOf(ordinal: number): number {
    if (ordinal < this.#next) this.#next = this.#start = 0
    for (; this.#next < ordinal; this.#next++) this.#start += this.#lengths[this.#next] ?? 0
    return this.#start
  }
}

/** Items that came one after the other in one stretch. */
abstract class JoinedRecords extends CountedRecords {
  readonly #lengths: Lengths
  readonly #items: Cursor
  /** Lines are written of items that were asked for before. */
  readonly #lines: Cursor

  constructor({ bytes, count, lengthBytes, firstIndex }: StringsPayload | ByteArraysPayload) {
    super(count, firstIndex)
    this.#lengths = lengthsIn(bytes, count, lengthBytes)
    this.#items = new Cursor(this.#lengths)
    this.#lines = new Cursor(this.#lengths)
  }

  protected abstract itemIn(start: number, end: number): unknown

  override item(ordinal: number): unknown {
    const start = this.#items.startOf(ordinal)
    return this.itemIn(start, start + (this.#lengths[ordinal] ?? 0))
  }

  override writeRecord(ordinal: number, bytes: LineBytes): void {
    const start = this.#lines.startOf(ordinal)
    bytes.ascii(RECORD_KEY)
    bytes.text(jsonText(this.itemIn(start, start + (this.#lengths[ordinal] ?? 0))))
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
