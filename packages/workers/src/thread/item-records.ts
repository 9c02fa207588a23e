import { jsonText } from '../lines/json-text.ts'
import type { LineBytes } from '../lines/line-bytes.ts'
import { RECORD_KEY } from '../lines/record-form.ts'
import type { ItemsPayload, NumbersPayload } from '../protocol.ts'
import { KeptTexts } from './kept-texts.ts'
import type { Records } from './record-list.ts'

export class ItemRecords implements Records {
  readonly count: number
  readonly #items: readonly unknown[]
  readonly #firstIndex: number
  #texts: KeptTexts | undefined

  constructor(payload: ItemsPayload) {
    this.count = payload.items.length
    this.#items = payload.items
    this.#firstIndex = payload.firstIndex
  }

  item(ordinal: number): unknown {
    const item = this.#items[ordinal]
    // All others cannot be changed.
    if (this.#texts !== undefined && typeof item === 'object' && item !== null)
      this.#texts.keep(ordinal, jsonText(item))
    return item
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

  keepRecords(): void {
    this.#texts = new KeptTexts(this.count)
  }

  writeRecord(ordinal: number, bytes: LineBytes): void {
    bytes.ascii(RECORD_KEY)
    if (this.#texts?.write(ordinal, bytes) !== true) bytes.text(jsonText(this.#items[ordinal]))
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

  writeRecord(ordinal: number, bytes: LineBytes): void {
    bytes.ascii(RECORD_KEY)
    bytes.text(jsonText(this.#numbers[ordinal]))
  }
}
