import { types } from 'node:util'

/**
 * Any value that can travel between threads, as JSON on one line. What JSON has is written as JSON writes it (a `Date`
 * as its ISO text, an `undefined` property not at all); what it has not becomes an object with one key that starts
 * with `$`:
 *
 * | value | JSON |
 * |---|---|
 * | `12n` | `{"$bigint":"12"}` |
 * | `NaN`, `Infinity`, `-Infinity` | `{"$number":"NaN"}` |
 * | `undefined` in a list | `{"$undefined":true}` |
 * | `Map`, `Set` | `{"$map":[[key,value]]}`, `{"$set":[value]}` |
 * | `Uint8Array`, `ArrayBuffer`, `DataView` | `{"$bytes":"base64"}` |
 * | `RegExp` | `{"$regexp":"/a/i"}` |
 * | `Error` | `{"$error":{"name","message","code"}}` |
 * | a part that contains itself | `{"$circular":"/path/to/it"}`, a JSON pointer from the value's own root |
 * | a plain object with one key that starts with `$` | `{"$object":{…}}` |
 * | too deeply nested to be written | `{"$unwritable":"why"}` |
 *
 * Other typed arrays are lists of numbers.
 */
export function jsonText(value: unknown): string {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return JSON.stringify(value)
    case 'number':
      return numberText(value)
    default:
      try {
        return textOf(value, [])
      } catch (error) {
        return tagged('unwritable', error instanceof Error ? error.message : String(error))
      }
  }
}

/** The keys that lead to a value, each with the object it is a key of. */
type Path = { readonly object: object; readonly key: string }[]

function textOf(value: unknown, path: Path): string {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return JSON.stringify(value)
    case 'number':
      return numberText(value)
    case 'bigint':
      return tagged('bigint', String(value))
    case 'object':
      return value === null ? 'null' : objectText(value, path)
    // Functions and symbols do not come out of a thread.
    default:
      return '{"$undefined":true}'
  }
}

function numberText(value: number): string {
  return Number.isFinite(value) ? JSON.stringify(value) : tagged('number', String(value))
}

function tagged(tag: string, text: string): string {
  return `{"$${tag}":${JSON.stringify(text)}}`
}

function objectText(value: object, path: Path): string {
  const depth = path.findIndex(({ object }) => object === value)
  if (depth >= 0) return tagged('circular', pointer(path.slice(0, depth)))
  if (Array.isArray(value)) return listText(value, value, path)
  if (value instanceof Map) return `{"$map":${listText(value, [...value], path)}}`
  if (value instanceof Set) return `{"$set":${listText(value, [...value], path)}}`
  if (value instanceof Date) return JSON.stringify(value)
  if (value instanceof RegExp) return tagged('regexp', String(value))
  if (value instanceof Error) return `{"$error":${errorText(value)}}`
  if (types.isBoxedPrimitive(value)) return textOf(value.valueOf(), path)
  if (types.isAnyArrayBuffer(value)) return tagged('bytes', Buffer.from(value).toString('base64'))
  if (ArrayBuffer.isView(value)) return viewText(value, path)
  return plainText(value, path)
}

function viewText(view: ArrayBufferView, path: Path): string {
  if (view instanceof Uint8Array || view instanceof DataView)
    return tagged('bytes', Buffer.from(view.buffer, view.byteOffset, view.byteLength).toString('base64'))
  return listText(view, Array.from(view as unknown as ArrayLike<unknown>), path) // any other view is a typed array
}

function listText(owner: object, items: readonly unknown[], path: Path): string {
  let text = '['
  for (let i = 0; i < items.length; i++) {
    path.push({ object: owner, key: String(i) })
    text += (i === 0 ? '' : ',') + textOf(items[i], path)
    path.pop()
  }
  return `${text}]`
}

function plainText(value: object, path: Path): string {
  let text = ''
  const entries = Object.entries(value).filter(([, part]) => part !== undefined)
  for (const [key, part] of entries) {
    path.push({ object: value, key })
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${textOf(part, path)}`
    path.pop()
  }
  // So that whatever has one such key and no other is always one of ours.
  return entries.length === 1 && entries[0]![0].startsWith('$') ? `{"$object":{${text}}}` : `{${text}}`
}

function pointer(path: Path): string {
  return path.map(({ key }) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

/** An error's `name` and `message`, and its `code` if it has one. */
export function errorText(error: Error): string {
  const code = (error as { readonly code?: unknown }).code
  const written = typeof code === 'string' || typeof code === 'number' ? `,"code":${JSON.stringify(code)}` : ''
  return `{"name":${JSON.stringify(String(error.name))},"message":${JSON.stringify(String(error.message))}${written}}`
}
