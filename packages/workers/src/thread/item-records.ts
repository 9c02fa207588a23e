import type { ItemsPayload, NumbersPayload } from '../protocol.ts'
import type { Records } from './record-list.ts'

export class ItemRecords implements Records {
  readonly count: number
  readonly #items: readonly unknown[]
  readonly #firstIndex: number

  constructor(payload: ItemsPayload) {
    this.count = payload.items.length
    this.#items = payload.items
    this.#firstIndex = payload.firstIndex
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
