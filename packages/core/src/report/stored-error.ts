import { ERROR_CODES, FanfoldError } from '../errors.ts'
import type { ErrorCode } from '../errors.ts'

/** An error as text: a journal is read by people too, and outlives the classes of whoever wrote it. */
export interface StoredError {
  readonly name: string
  readonly message: string
  readonly code?: string
}

export function storedError(error: Error): StoredError {
  const [name, message] = [String(error.name), String(error.message)]
  return { name, message, ...('code' in error && typeof error.code === 'string' ? { code: error.code } : {}) }
}

/** Without a stack: it was thrown elsewhere. */
export function restoredError({ name, message, code }: StoredError): Error {
  const isOurs = ERROR_CODES.includes(code as ErrorCode)
  const error = isOurs ? new FanfoldError(code as ErrorCode, message) : new Error(message)
  Object.defineProperty(error, 'name', { value: name, configurable: true, writable: true })
  if (!isOurs && code !== undefined) Object.assign(error, { code })
  Object.defineProperty(error, 'stack', { value: `${name}: ${message}`, configurable: true, writable: true })
  return error
}
