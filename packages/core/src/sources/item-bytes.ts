import { types } from 'node:util'
import { serialize } from 'node:v8'

const POINTER = 8
const HEAD = 16
/** Fields, entries and nested objects that are looked at one by one; above that, an item is measured as a whole. */
const BUDGET = 256
/** Elements of an array are looked at this much faster than fields. */
const ELEMENTS_PER_FIELD = 64
const LARGE_BIGINT = 2n ** 64n

/**
 * About what an item takes in memory. It bounds how much is held and how large a message gets, for which it need not be
 * right, but must not be far too little for what is large. Never throws, whatever the item does when it is looked at.
 */
export function estimateBytes(item: unknown): number {
  switch (typeof item) {
    case 'string':
      return HEAD + 2 * item.length
    case 'object':
      return item === null ? POINTER : new Walk().measure(item)
    case 'bigint':
      return bigintBytes(item)
    default:
      return POINTER
  }
}

/** Looks at an item field by field until its budget is spent. */
class Walk {
  #left = BUDGET
  #bytes = 0

  measure(item: object): number {
    try {
      this.#object(item)
    } catch {
      // A revoked proxy, or one with traps: it is found out, alone, when it cannot be sent.
      return this.#bytes
    }
    return this.#left >= 0 ? this.#bytes : Math.max(this.#bytes, serializedBytes(item))
  }

  #value(value: unknown): void {
    switch (typeof value) {
      case 'string':
        this.#bytes += POINTER + HEAD + 2 * value.length
        return
      case 'object':
        this.#bytes += POINTER
        if (value !== null && --this.#left >= 0) this.#object(value)
        return
      case 'bigint':
        this.#bytes += POINTER + bigintBytes(value)
        return
      default:
        this.#bytes += 2 * POINTER
    }
  }

  #object(item: object): void {
    this.#bytes += HEAD
    if (Array.isArray(item)) this.#elements(item)
    else if (Object.getPrototypeOf(item) === Object.prototype) this.#fields(item)
    else if (ArrayBuffer.isView(item) || types.isAnyArrayBuffer(item)) this.#bytes += item.byteLength
    else if (types.isMap(item)) this.#entries(item)
    else if (types.isSet(item)) this.#entries(item)
    else {
      if (types.isNativeError(item)) this.#hiddenFields(item)
      this.#fields(item)
    }
  }

  #elements(items: readonly unknown[]): void {
    // Not one by one in an array that may have billions of holes.
    this.#left -= Math.floor(items.length / ELEMENTS_PER_FIELD)
    for (let position = 0; position < items.length && this.#left >= 0; position++) {
      const value = items[position]
      if (typeof value === 'number') this.#bytes += 2 * POINTER
      else this.#value(value)
    }
  }

  #fields(item: object): void {
    for (const name in item) {
      if (--this.#left < 0) return
      // Enumerated just now; a getter is not called for an estimate.
      this.#value(Object.getOwnPropertyDescriptor(item, name)?.value)
    }
  }

  #entries(items: ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>): void {
    for (const [key, value] of items.entries()) {
      if (--this.#left < 0) return
      this.#bytes += 2 * POINTER
      this.#value(key)
      if (value !== key) this.#value(value)
    }
  }

  #hiddenFields(error: Error): void {
    for (const name of ['message', 'stack', 'cause', 'errors'])
      this.#value(Object.getOwnPropertyDescriptor(error, name)?.value)
  }
}

/** Costs about what sending the item will. In memory it takes about twice as much. */
function serializedBytes(item: object): number {
  try {
    return 2 * serialize(item).length
  } catch {
    // It cannot be sent either.
    return 0
  }
}

function bigintBytes(value: bigint): number {
  if (value < LARGE_BIGINT && value > -LARGE_BIGINT) return POINTER
  return HEAD + Math.ceil(value.toString(16).length / 2)
}
