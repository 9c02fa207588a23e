import { Buffer } from 'node:buffer'
import { types } from 'node:util'
import { describe } from '../error-codec.ts'

/** As it was before any verifier was imported: what a library puts in its place writes no lines. */
export const stringify: (value: string | number) => string = JSON.stringify
const keysOf: typeof Object.keys = Object.keys
const plainPrototype = Object.prototype

/**
 * How deep a value may be nested. The stack would end it somewhere, in a thread elsewhere than on the main thread, and
 * both have to write the same.
 */
const MOST_LEVELS = 1000

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
 * | nested more than 1,000 levels deep | `{"$unwritable":"why"}` |
 *
 * Other typed arrays are lists of numbers.
 */
export function jsonText(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return stringify(value)
    case 'number':
      return numberText(value)
    default:
      try {
        return textOf(value, undefined)
      } catch (error) {
        return tagged('unwritable', types.isNativeError(error) ? error.message : describe(error))
      }
  }
}

/** Where a value is: in an object that is being written, under the key that is written now. */
interface Place {
  readonly object: object
  key: string | number
  readonly above: Place | undefined
  readonly level: number
}

function textOf(value: unknown, place: Place | undefined): string {
  switch (typeof value) {
    case 'string':
      return stringify(value)
    case 'boolean':
      return value ? 'true' : 'false'
    case 'number':
      return numberText(value)
    case 'bigint':
      return tagged('bigint', `${value}`)
    case 'object':
      return value === null ? 'null' : objectText(value, place)
    // Functions and symbols do not come out of a thread.
    default:
      return '{"$undefined":true}'
  }
}

function numberText(value: number): string {
  // Of any other number, itself is a difference of 0.
  return value - value === 0 ? stringify(value) : tagged('number', `${value}`)
}

function tagged(tag: string, text: string): string {
  return `{"$${tag}":${stringify(text)}}`
}

function objectText(value: object, place: Place | undefined): string {
  for (let above = place; above !== undefined; above = above.above)
    if (above.object === value) return tagged('circular', pointer(above.above))
  if (place !== undefined && place.level >= MOST_LEVELS)
    throw new RangeError(`it is nested more than ${MOST_LEVELS} levels deep`)
  if (Array.isArray(value)) return listText(value, value, place)
  if (Object.getPrototypeOf(value) === plainPrototype) return plainText(value, place)
  if (types.isMap(value)) return `{"$map":${listText(value, Array.from(value), place)}}`
  if (types.isSet(value)) return `{"$set":${listText(value, Array.from(value), place)}}`
  if (types.isDate(value)) return dateText(value)
  if (types.isRegExp(value)) return tagged('regexp', String(value))
  if (types.isNativeError(value)) return `{"$error":${errorText(value)}}`
  if (types.isBoxedPrimitive(value)) return textOf(value.valueOf(), place)
  if (types.isAnyArrayBuffer(value)) return tagged('bytes', Buffer.from(value).toString('base64'))
  if (types.isArrayBufferView(value)) return viewText(value, place)
  return plainText(value, place)
}

function viewText(view: ArrayBufferView, place: Place | undefined): string {
  if (types.isUint8Array(view) || types.isDataView(view))
    return tagged('bytes', Buffer.from(view.buffer, view.byteOffset, view.byteLength).toString('base64'))
  return listText(view, view as unknown as ArrayLike<unknown>, place) // any other view is a typed array
}

function listText(owner: object, items: ArrayLike<unknown>, above: Place | undefined): string {
  const place = placeIn(owner, above)
  let text = '['
  for (let i = 0; i < items.length; i++) {
    place.key = i
    text += (i === 0 ? '' : ',') + textOf(items[i], place)
  }
  return `${text}]`
}

function plainText(value: object, above: Place | undefined): string {
  const place = placeIn(value, above)
  let text = ''
  let written = 0
  let isTagged = false
  const keys = keysOf(value)
  // By index, here and elsewhere: a verifier may have broken how arrays are iterated.
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!
    const part = (value as Readonly<Record<string, unknown>>)[key] // one of its own keys
    if (part === undefined) continue
    isTagged = written++ === 0 && key.startsWith('$')
    place.key = key
    text += `${text === '' ? '' : ','}${stringify(key)}:${textOf(part, place)}`
  }
  // So that whatever has one such key and no other is always one of ours.
  return isTagged ? `{"$object":{${text}}}` : `{${text}}`
}

function placeIn(object: object, above: Place | undefined): Place {
  return { object, key: '', above, level: above === undefined ? 1 : above.level + 1 }
}

function pointer(place: Place | undefined): string {
  if (place === undefined) return ''
  return `${pointer(place.above)}/${String(place.key).replaceAll('~', '~0').replaceAll('/', '~1')}`
}

function dateText(date: Date): string {
  const time = date.getTime()
  return time - time === 0 ? stringify(date.toISOString()) : 'null'
}

/** An error's `name` and `message`, and its `code` if it has one; of an encoded one, too. */
export function errorText(error: { readonly name: unknown; readonly message: unknown }): string {
  const code = 'code' in error ? error.code : undefined
  const written = typeof code === 'string' || typeof code === 'number' ? `,"code":${stringify(code)}` : ''
  return `{"name":${stringify(String(error.name))},"message":${stringify(String(error.message))}${written}}`
}
