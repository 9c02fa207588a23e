import { types } from 'node:util'

const plainPrototype = Object.prototype
/** What is nested deeper is looked at the long way, which finds out what contains itself, too. */
const MOST_LEVELS = 32

/**
 * Whether a value is all of JSON's own kinds (and bigints, and `undefined`), so that it arrives elsewhere as it is here:
 * it need not be sent to find out what would arrive. Of most values a verifier gives that is so, and it costs a fifth.
 */
export function isPlain(value: unknown, levels: number = MOST_LEVELS): boolean {
  switch (typeof value) {
    case 'function':
    case 'symbol':
      return false
    case 'object':
      return value === null || (levels > 0 && isPlainObject(value, levels - 1))
    default:
      return true
  }
}

function isPlainObject(value: object, levels: number): boolean {
  // Asked before anything else: a proxy answers as it likes, and cannot be sent.
  if (types.isProxy(value)) return false
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) if (!isPlain(value[i], levels)) return false
    return true
  }
  if (Object.getPrototypeOf(value) !== plainPrototype) return false
  const parts = Object.values(value)
  for (let i = 0; i < parts.length; i++) if (!isPlain(parts[i], levels)) return false
  return true
}
