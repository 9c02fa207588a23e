import { RECORD_KEY, jsonText } from '@fanfold/workers/lines'
import type { LineBytes } from '@fanfold/workers/lines'
import type { ShardPayload } from '@fanfold/workers/protocol'
import { joinByteArrays } from './byte-arrays.ts'
import type { Shard } from './shard.ts'
import { joinStrings } from './string-bytes.ts'
import type { Strings } from './string-bytes.ts'

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

  /** Items are the application's own. */
  release(): void {}

  itemAt(position: number): unknown {
    return this.recordAt(position)
  }

  writeRecord(position: number, bytes: LineBytes): void {
    bytes.ascii(RECORD_KEY)
    bytes.text(jsonText(arrived(this.recordAt(position))))
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

/** An item as it gets to a thread, where its line would have been written; as it is, where it cannot get there. */
function arrived(item: unknown): unknown {
  try {
    return typeof item === 'object' ? structuredClone(item) : item
  } catch {
    return item
  }
}

/**
 * Items, sent as the structured clone algorithm sends them, byte arrays joined. They stay where they are, in the
 * application's own array: a copy costs more than joining strings does.
 */
export class ItemsShard extends ShardOfItems {
  readonly tasks: number
  readonly bytes: number
  readonly #items: readonly unknown[]
  readonly #from: number

  /** @param to - exclusive */
  constructor(
    items: readonly unknown[],
    bytes: number,
    firstIndex: number,
    from: number = 0,
    to: number = items.length,
  ) {
    super(firstIndex)
    this.tasks = to - from
    this.bytes = bytes
    this.#items = items
    this.#from = from
  }

  recordAt(position: number): unknown {
    return this.#items[this.#from + position]
  }

  payload(from: number, to: number): { readonly payload: ShardPayload; readonly transfer: readonly ArrayBuffer[] } {
    const [first, last] = [this.#from + from, this.#from + to]
    const joined = joinByteArrays(this.#items, first, last)
    if (joined !== undefined) return { payload: { ...joined, firstIndex: this.indexAt(from) }, transfer: [] }
    const items = copyOf(this.#items, first, last)
    return { payload: { kind: 'items', items, firstIndex: this.indexAt(from) }, transfer: [] }
  }
}

/** In the place of an item that is not in the array any more: it cannot be sent, and its error says why. */
const GONE = Symbol('taken out of the array before it was sent')

/** @param to - exclusive */
function copyOf(items: readonly unknown[], from: number, to: number): unknown[] {
  // An array of a class of its own would make another one by its constructor.
  const copy =
    Object.getPrototypeOf(items) === Array.prototype
      ? items.slice(from, to)
      : Array.from({ length: Math.min(to, items.length) - from }, (_, at) => items[from + at])
  while (copy.length < to - from) copy.push(GONE)
  return copy
}

/** Strings, joined where that is worth it: one stretch of characters costs the thread half of what cloned strings do. */
export class StringsShard extends ItemsShard {
  readonly #strings: Strings

  constructor(strings: Strings, bytes: number, firstIndex: number) {
    super(strings.items, bytes, firstIndex, strings.from, strings.to)
    this.#strings = strings
  }

  override payload(
    from: number,
    to: number,
  ): { readonly payload: ShardPayload; readonly transfer: readonly ArrayBuffer[] } {
    const strings = this.#strings
    const joined = joinStrings({ ...strings, from: strings.from + from, to: strings.from + to })
    if (joined === undefined) return super.payload(from, to)
    return { payload: { ...joined, firstIndex: this.indexAt(from) }, transfer: [] }
  }
}

/** A stretch of a typed array, which stays the user's. Memory that is shared is sent as it is, all else as a copy that is moved. */
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
    const firstIndex = this.indexAt(from)
    if (this.#numbers.buffer instanceof SharedArrayBuffer)
      return { payload: { kind: 'numbers', numbers: this.#numbers.subarray(from, to), firstIndex }, transfer: [] }
    // Every typed array has this method, but a Buffer's own one does not copy.
    const numbers = Uint8Array.prototype.slice.call(this.#numbers, from, to)
    return { payload: { kind: 'numbers', numbers, firstIndex }, transfer: [numbers.buffer] }
  }
}
