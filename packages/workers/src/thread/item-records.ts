import { jsonText } from '../lines/json-text.ts'
import type { LineBytes } from '../lines/line-bytes.ts'
import { RECORD_KEY } from '../lines/record-form.ts'
import type { ItemsPayload, NumbersPayload } from '../protocol.ts'
import { CountedRecords } from './counted-records.ts'
import { KeptTexts } from './kept-texts.ts'

export class ItemRecords extends CountedRecords {
  readonly #items: readonly unknown[]
  #texts: KeptTexts | undefined

  constructor(payload: ItemsPayload) {
    super(payload.items.length, payload.firstIndex)
    this.#items = payload.items
  }

  override item(ordinal: number): unknown {
    const item = this.#items[ordinal]
    // All others cannot be changed.
    if (this.#texts !== undefined && typeof item === 'object' && item !== null)
      this.#texts.keep(ordinal, jsonText(item))
    return item
  }

  keepRecords(): void {
    this.#texts = new KeptTexts(this.count)
  }

  override writeRecord(ordinal: number, bytes: LineBytes): void {
    bytes.ascii(RECORD_KEY)
    if (this.#texts?.write(ordinal, bytes) !== true) bytes.text(jsonText(this.#items[ordinal]))
  }
}

export class NumberRecords extends CountedRecords {
  readonly #numbers: ArrayLike<number | bigint>

  constructor(payload: NumbersPayload) {
    super(payload.numbers.length, payload.firstIndex)
    this.#numbers = payload.numbers
  }

  override item(ordinal: number): number | bigint | undefined {
    return this.#numbers[ordinal]
  }

  override writeRecord(ordinal: number, bytes: LineBytes): void {
    bytes.ascii(RECORD_KEY)
    bytes.text(jsonText(this.#numbers[ordinal]))
  }
}
