import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import { types } from 'node:util'
import { serialize } from 'node:v8'

/**
 * SHA-256, in hex, of a verifier's configuration: the same for equal ones, whatever the order of their keys.
 *
 * Not simply of `v8.serialize`: it writes a string, or a number, as it happens to lie in memory, so that equal ones can
 * differ.
 */
export function configDigest(config: unknown): string {
  return createHash('sha256').update(canonical(config, [])).digest('hex')
}

/** @param above - the objects that it is in */
function canonical(value: unknown, above: readonly object[]): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value)
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value)
    case 'bigint':
      return `${value}n`
    case 'object':
      return value === null ? 'null' : canonicalObject(value, above)
    default:
      return String(value) // true, false, undefined; functions and symbols cannot be sent to a thread
  }
}

function canonicalObject(value: object, above: readonly object[]): string {
  const depth = above.indexOf(value)
  if (depth >= 0) return `circular(${depth})`
  const inside = [...above, value]
  const list = (items: Iterable<unknown>): string => Array.from(items, (item) => canonical(item, inside)).join()
  if (Array.isArray(value)) return `[${list(value)}]`
  if (value instanceof Map) return `map(${list([...value].map(([key, item]) => [key, item]))})`
  if (value instanceof Set) return `set(${list(value)})`
  if (types.isAnyArrayBuffer(value)) return `bytes(${Buffer.from(value).toString('base64')})`
  if (types.isDate(value) || types.isRegExp(value))
    return `${value.constructor.name}(${String(Number(value))},${String(value)})`
  if (isPlain(value)) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item, inside)}`).join()}}`
  }
  // Typed arrays, errors, boxed values, keys: what there is no better way for.
  return `other(${serialize(value).toString('base64')})`
}

/** As the structured clone algorithm sees it: instances of classes arrive as plain objects. */
function isPlain(value: object): boolean {
  return Object.prototype.toString.call(value) === '[object Object]' && !types.isProxy(value)
}
