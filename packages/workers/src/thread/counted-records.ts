import type { LineBytes } from '../lines/line-bytes.ts'
import type { Records } from './record-list.ts'

/** What the formats share whose records are no text: their index counts on, and they have no line, and no id. */
export abstract class CountedRecords implements Records {
  readonly count: number
  readonly #firstIndex: number

  constructor(count: number, firstIndex: number) {
    this.count = count
    this.#firstIndex = firstIndex
  }

  abstract item(ordinal: number): unknown
  abstract writeRecord(ordinal: number, bytes: LineBytes): void

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
