import { badUsage } from '../problem.ts'
import { readJson } from './json-file.ts'

/**
 * The verifier's configuration: the file's, and on top of it what was set.
 *
 * @throws {FanfoldError} `FANFOLD_BAD_OPTION`
 */
export async function readConfiguration(file: string | undefined, settings: readonly string[]): Promise<unknown> {
  const base = file === undefined ? {} : await readJson('the configuration', file)
  if (settings.length === 0) return base
  if (!isContainer(base)) throw badUsage(`the configuration '${file}' is no object, so that --set cannot add to it.`)
  for (const setting of settings) set(base, setting)
  return base
}

/** An object or an array; own properties only are ever looked at. */
type Container = Record<string, unknown>

function isContainer(value: unknown): value is Container {
  return typeof value === 'object' && value !== null
}

function set(base: Container, setting: string): void {
  const at = setting.indexOf('=')
  if (at < 1) throw badUsage(`--set '${setting}' has no key or no =. Write --set key=value.`)
  const path = setting.slice(0, at).split('.')
  if (path.includes('')) throw badUsage(`--set '${setting}' has an empty part in its key. Write --set a.b=value.`)
  let container = base
  for (const [depth, key] of path.slice(0, -1).entries()) {
    checkKey(container, key, setting)
    if (!Object.hasOwn(container, key)) put(container, key, {})
    const next = container[key]
    if (!isContainer(next)) {
      const place = path.slice(0, depth + 1).join('.')
      throw badUsage(
        `--set '${setting}' goes into ${place}, which is ${JSON.stringify(next)} and no object. Check the key.`,
      )
    }
    container = next
  }
  const last = path.at(-1) ?? ''
  checkKey(container, last, setting)
  put(container, last, parse(setting.slice(at + 1)))
}

function checkKey(container: Container, key: string, setting: string): void {
  if (Array.isArray(container) && !/^\d{1,6}$/.test(key))
    throw badUsage(`--set '${setting}' goes into a list, where '${key}' is no position. Use a number from 0.`)
}

/** Defined, not assigned: `__proto__` is a key like any other then, and touches no prototype. */
function put(container: Container, key: string, value: unknown): void {
  Object.defineProperty(container, key, { value, enumerable: true, writable: true, configurable: true })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
