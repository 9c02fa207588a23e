import { deserialize, serialize } from 'node:v8'
import { ERROR_CODES, FanfoldError } from './fanfold-error.ts'
import type { ErrorCode } from './fanfold-error.ts'

/**
 * A thrown value on its way between threads. Structured clone drops an error's `code`, own fields and class name, and
 * dies on functions; so each is encoded by hand, and what cannot be sent is replaced by its description.
 */
export type EncodedError =
  | {
      readonly kind: 'error'
      readonly name: string
      readonly message: string
      readonly stack: string | undefined
      readonly code: unknown
      readonly cause: EncodedError | undefined
      /** Of an `AggregateError`. */
      readonly errors: readonly EncodedError[] | undefined
      readonly fields: Readonly<Record<string, unknown>>
    }
  | { readonly kind: 'value'; readonly value: unknown }

/** As it was before any verifier was imported. */
const keysOf: typeof Object.keys = Object.keys

/** Causes of causes are followed this far. */
const MAX_CAUSES = 8

/** Encodes whatever was thrown; never throws itself, whatever getters or proxies are in it. */
export function encodeError(thrown: unknown, depth: number = 0): EncodedError {
  try {
    if (!isErrorLike(thrown)) return { kind: 'value', value: sendable(thrown) }
    const stack = read(thrown, 'stack')
    const errors = read(thrown, 'errors')
    const isDeep = depth >= MAX_CAUSES
    return {
      kind: 'error',
      name: text(read(thrown, 'name'), 'Error'),
      message: text(read(thrown, 'message'), ''),
      stack: typeof stack === 'string' ? stack : undefined,
      code: sendable(read(thrown, 'code')),
      cause: 'cause' in thrown && !isDeep ? encodeError(read(thrown, 'cause'), depth + 1) : undefined,
      errors: Array.isArray(errors) && !isDeep ? errors.map((error) => encodeError(error, depth + 1)) : undefined,
      fields: ownFields(thrown),
    }
  } catch {
    return { kind: 'value', value: 'an error that could not be read (a proxy in it threw)' }
  }
}

const STANDARD = new Set(['name', 'message', 'stack', 'code', 'cause', 'errors'])

function ownFields(error: Error): Record<string, unknown> {
  const fields: Record<string, unknown> = {}
  for (const key of keysOf(error)) if (!STANDARD.has(key)) fields[key] = sendable(read(error, key))
  return fields
}

/** A field, whose getter may throw. */
function read(error: Error, key: string): unknown {
  try {
    return Reflect.get(error, key)
  } catch {
    return undefined
  }
}

function text(value: unknown, byDefault: string): string {
  return typeof value === 'string' ? value : value === undefined ? byDefault : describe(value)
}

/** The error that {@link encodeError} was given, as nearly as can be; a thrown non-error becomes the `cause` of one. */
export function decodeError(encoded: EncodedError): Error {
  if (encoded.kind === 'value') {
    return new Error(thrownValueText(encoded.value), { cause: encoded.value })
  }
  const options = encoded.cause === undefined ? undefined : { cause: decodeCause(encoded.cause) }
  const error = isOurs(encoded.code)
    ? new FanfoldError(encoded.code, encoded.message, options)
    : Object.assign(new Error(encoded.message, options), encoded.code === undefined ? {} : { code: encoded.code })
  if (error.name !== encoded.name)
    Object.defineProperty(error, 'name', { value: encoded.name, configurable: true, writable: true })
  if (encoded.stack !== undefined)
    Object.defineProperty(error, 'stack', { value: encoded.stack, configurable: true, writable: true })
  if (encoded.errors !== undefined) {
    const errors = encoded.errors.map(decodeCause)
    Object.defineProperty(error, 'errors', { value: errors, configurable: true, writable: true })
  }
  for (const [key, value] of Object.entries(encoded.fields)) {
    Object.defineProperty(error, key, { value, configurable: true, writable: true, enumerable: true })
  }
  return error
}

/** The message for a thrown value that is no error. */
export function thrownValueText(value: unknown): string {
  return `a value that is no error was thrown: ${describe(value)}`
}

function decodeCause(cause: EncodedError): unknown {
  return cause.kind === 'value' ? cause.value : decodeError(cause)
}

function isErrorLike(thrown: unknown): thrown is Error {
  if (thrown instanceof Error) return true
  return typeof thrown === 'object' && thrown !== null && 'message' in thrown && 'stack' in thrown && 'name' in thrown
}

function isOurs(code: unknown): code is ErrorCode {
  return ERROR_CODES.includes(code as ErrorCode)
}

/** The value itself when it survives the way, else its description. */
function sendable(value: unknown): unknown {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol'))
    return value
  try {
    // Serialised as the outcome will be: this refuses what a port would still take (shared memory, keys).
    return deserialize(serialize(value))
  } catch {
    return describe(value)
  }
}

/** A text for any value; never throws. */
export function describe(value: unknown): string {
  try {
    return typeof value === 'object' && value !== null ? Object.prototype.toString.call(value) : String(value)
  } catch {
    return typeof value
  }
}

/** As `instanceof`, which throws for a proxy that does not want to be asked. */
export function isA<Instance>(type: abstract new (...from: never) => Instance, thrown: unknown): thrown is Instance {
  try {
    return thrown instanceof type
  } catch {
    return false
  }
}
