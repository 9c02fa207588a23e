import { isAbsolute, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

/** What was given as a module: its URL, or a path, from the current folder on; `undefined`: neither. */
export function moduleUrl(given: unknown): string | undefined {
  if (given instanceof URL) return given.href
  if (typeof given !== 'string' || given === '') return undefined
  return /^(file|data|node):/.test(given) ? given : pathToFileURL(isAbsolute(given) ? given : resolve(given)).href
}

/** What was given instead of one, for a message. */
export function kindOf(given: unknown): string {
  if (typeof given === 'function') return 'a function'
  return given === null ? 'null' : `a value of type ${typeof given}`
}
