const POINTER = 8
const HEAD = 16
/** Deeper, and beyond so many fields, an estimate would cost more than it is worth. */
const MAX_DEPTH = 3
const MAX_FIELDS = 32

/**
 * About what an item takes in memory. It bounds how much is held and how large a message gets, for which it need not be
 * right, but must not be wrong for what is large: long strings, long arrays, and bytes.
 */
export function estimateBytes(item: unknown, depth: number = 0): number {
  switch (typeof item) {
    case 'string':
      return HEAD + 2 * item.length
    case 'object':
      return item === null ? POINTER : objectBytes(item, depth)
    default:
      return POINTER
  }
}

function objectBytes(item: object, depth: number): number {
  if (ArrayBuffer.isView(item) || item instanceof ArrayBuffer) return HEAD + item.byteLength
  if (Array.isArray(item)) return HEAD + (depth < MAX_DEPTH ? sample(item, depth) : item.length * POINTER)
  if (item instanceof Map || item instanceof Set) return HEAD + item.size * 4 * POINTER
  let bytes = HEAD
  let fields = 0
  for (const name in item) {
    if (++fields > MAX_FIELDS) break
    // Enumerated just now; a getter is not called for an estimate.
    const value = depth < MAX_DEPTH ? Object.getOwnPropertyDescriptor(item, name)?.value : undefined
    bytes += POINTER + estimateBytes(value, depth + 1)
  }
  return bytes
}

function sample(items: readonly unknown[], depth: number): number {
  const count = Math.min(items.length, MAX_FIELDS)
  if (count === 0) return 0
  let bytes = 0
  for (let position = 0; position < count; position++) bytes += POINTER + estimateBytes(items[position], depth + 1)
  return Math.ceil((bytes / count) * items.length)
}
