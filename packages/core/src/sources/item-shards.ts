import type { ShardPayload } from '@fanfold/workers/protocol'
import type { Shard } from './shard.ts'

/** Any typed array. */
export type NumberArray = ArrayBufferView &
  ArrayLike<number | bigint> & { subarray(from: number, to: number): NumberArray }

abstract class ShardOfItems implements Shard {
  readonly file: undefined = undefined
  readonly unreadable: undefined = undefined
  abstract readonly tasks: number
  abstract readonly bytes: number
  protected readonly firstIndex: number

  constructor(firstIndex: number) {
    this.firstIndex = firstIndex
  }

  abstract recordAt(position: number): unknown
  abstract payload(
    from: number,
    to: number,
  ): { readonly payload: ShardPayload; readonly transfer: readonly ArrayBuffer[] }

  itemAt(position: number): unknown {
    return this.recordAt(position)
  }

  indexAt(position: number): number {
    return this.firstIndex + position
  }

  lineAt(): undefined {
    return undefined
  }

  idAt(): undefined {
    return undefined
  }
}

/** Items, sent as the structured clone algorithm sends them; strings, when all of them are, as one long string. */
export class ItemsShard extends ShardOfItems {
  readonly tasks: number
  readonly bytes: number
  readonly #items: readonly unknown[]
  readonly #strings: readonly string[] | undefined

  constructor(items: readonly unknown[], bytes: number, firstIndex: number) {
    super(firstIndex)
    this.tasks = items.length
    this.bytes = bytes
    this.#items = items
    this.#strings = areStrings(items) ? items : undefined
  }

  recordAt(position: number): unknown {
    return this.#items[position]
  }

  payload(from: number, to: number): { readonly payload: ShardPayload; readonly transfer: readonly ArrayBuffer[] } {
    const firstIndex = this.indexAt(from)
    if (this.#strings === undefined) {
      return { payload: { kind: 'items', items: this.#items.slice(from, to), firstIndex, id: undefined }, transfer: [] }
    }
    const strings = this.#strings.slice(from, to)
    const lengths = new Uint32Array(strings.length)
    for (let position = 0; position < strings.length; position++) lengths[position] = strings[position]?.length ?? 0
    return { payload: { kind: 'strings', text: strings.join(''), lengths, firstIndex }, transfer: [lengths.buffer] }
  }
}

function areStrings(items: readonly unknown[]): items is readonly string[] {
  return items.every((item) => typeof item === 'string')
}

/** A stretch of a typed array, which stays the user's until it is sent. */
export class NumbersShard extends ShardOfItems {
  readonly tasks: number
  readonly bytes: number
  readonly #numbers: NumberArray

  constructor(numbers: NumberArray, firstIndex: number) {
    super(firstIndex)
    this.tasks = numbers.length
    this.bytes = numbers.byteLength
    this.#numbers = numbers
  }

  recordAt(position: number): unknown {
    return this.#numbers[position]
  }

  payload(from: number, to: number): { readonly payload: ShardPayload; readonly transfer: readonly ArrayBuffer[] } {
    // Every typed array has this method, but a Buffer's own one does not copy.
    const numbers = Uint8Array.prototype.slice.call(this.#numbers, from, to)
    return { payload: { kind: 'numbers', numbers, firstIndex: this.indexAt(from) }, transfer: [numbers.buffer] }
  }
}
