import { types } from 'node:util'
import { lengthBytesFor, lengthsIn } from '@fanfold/workers/protocol'
import type { ByteArraysPayload } from '@fanfold/workers/protocol'
import { scratchOf } from './scratch.ts'

/** More than this in one shard is a giant item, and cloned by itself. */
const MAX_BYTES = 4 << 20

// Not the properties of an item, which may be its own.
const TypedArray = Object.getPrototypeOf(Uint8Array.prototype) as Uint8Array
const lengthOf = getterOf<number>('byteLength')
const bufferOf = getterOf<ArrayBufferLike>('buffer')

/**
 * Byte arrays as one stretch. Cloned, each would take the whole of the memory that it is a view of along, with every
 * shard anew: of a `Buffer` Node's pool, of a record in a large file all of the file.
 *
 * @returns bytes that hold until the next call; `undefined` when an item is anything else than bytes in ordinary memory
 */
export function joinByteArrays(
  items: readonly unknown[],
  from: number,
  to: number,
): Omit<ByteArraysPayload, 'firstIndex'> | undefined {
  let bytes = 0
  let longest = 0
  for (let i = from; i < to; i++) {
    const item = items[i]
    if (!isOrdinary(item)) return undefined
    const length = lengthOf(item)
    bytes += length
    if (length > longest) longest = length
  }
  if (bytes > MAX_BYTES) return undefined
  const count = to - from
  const lengthBytes = lengthBytesFor(longest)
  let at = count * lengthBytes
  const memory = scratchOf(at + bytes)
  const lengths = lengthsIn(memory, count, lengthBytes)
  for (let i = from; i < to; i++) {
    const item = items[i] as Uint8Array // looked at above
    memory.set(item, at)
    at += lengths[i - from] = lengthOf(item)
  }
  return { kind: 'byteArrays', bytes: memory.subarray(0, at), count, lengthBytes }
}

/** Neither shared, which a thread would see change, nor resizable, nor detached, which cannot be sent. */
function isOrdinary(item: unknown): item is Uint8Array {
  if (!types.isUint8Array(item)) return false
  const buffer = bufferOf(item)
  return buffer instanceof ArrayBuffer && !buffer.resizable && !buffer.detached
}

function getterOf<Value>(name: 'byteLength' | 'buffer'): (item: Uint8Array) => Value {
  const getter = Object.getOwnPropertyDescriptor(TypedArray, name)!
  const get = getter.get! // oxlint-disable-line typescript/unbound-method -- called with its item
  return (item) => get.call(item) as Value // what the language says it is
}
