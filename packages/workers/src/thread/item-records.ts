import { Buffer } from 'node:buffer'
import type { ItemsPayload, NumbersPayload, StringsPayload } from '../protocol.ts'
import { compileId } from '../record-id.ts'
import type { ReadId } from '../record-id.ts'
import { GroupedText } from './grouped-text.ts'
import type { Records } from './record-list.ts'

export class ItemRecords implements Records {
  readonly count: number
  readonly #items: readonly unknown[]
  readonly #firstIndex: number
  readonly #readId: ReadId | undefined

  constructor(payload: ItemsPayload) {
    this.count = payload.items.length
    this.#items = payload.items
    this.#firstIndex = payload.firstIndex
    this.#readId = payload.id === undefined ? undefined : compileId(payload.id)
  }

  item(ordinal: number): unknown {
    return this.#items[ordinal]
  }

  index(ordinal: number): number {
    return this.#firstIndex + ordinal
  }

  line(): undefined {
    return undefined
  }

  id(_ordinal: number, item: unknown): unknown {
    return this.#readId?.(item)
  }
}

export class StringRecords implements Records {
  readonly count: number
  readonly #firstIndex: number
  readonly #ends: Uint32Array
  readonly #text: GroupedText

  constructor(payload: StringsPayload) {
    const { text, lengths } = payload
    this.count = lengths.length
    this.#firstIndex = payload.firstIndex
    this.#ends = new Uint32Array(lengths.length)
    let end = 0
    for (let ordinal = 0; ordinal < lengths.length; ordinal++) {
      end += lengths[ordinal] ?? 0
      this.#ends[ordinal] = end
    }
    const isAscii = Buffer.byteLength(text, 'utf8') === text.length
    const encoding = isAscii ? 'latin1' : 'utf16le'
    this.#text = new GroupedText(Buffer.from(text, encoding), encoding)
  }

  item(ordinal: number): string {
    const start = ordinal === 0 ? 0 : (this.#ends[ordinal - 1] ?? 0)
    return this.#text.slice(start, this.#ends[ordinal] ?? 0)
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
}

export class NumberRecords implements Records {
  readonly count: number
  readonly #numbers: ArrayLike<number | bigint>
  readonly #firstIndex: number

  constructor(payload: NumbersPayload) {
    this.count = payload.numbers.length
    this.#numbers = payload.numbers
    this.#firstIndex = payload.firstIndex
  }

  item(ordinal: number): number | bigint | undefined {
    return this.#numbers[ordinal]
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
}
