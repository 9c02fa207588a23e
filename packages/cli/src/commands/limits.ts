import type { EngineOptions, LimitOptions } from '@fanfold/core'
import { duration } from '../options/values.ts'
import { badUsage } from '../problem.ts'
import { readJson } from './json-file.ts'

type Limits = NonNullable<EngineOptions['limits']>

/**
 * The limits of the file, and on top of them what was given one by one.
 *
 * @param bounds - such as `crm=50,100/s`
 * @throws {FanfoldError} `FANFOLD_BAD_OPTION`
 */
export async function readLimits(file: string | undefined, bounds: readonly string[]): Promise<Limits> {
  const limits = new Map<string, LimitOptions>(file === undefined ? [] : Object.entries(await readFile(file)))
  for (const bound of bounds) {
    const [, name = '', text = ''] = /^([^=]*)=(.*)$/s.exec(bound) ?? []
    if (name === '' || text === '')
      throw badUsage(`--limit-of '${bound}' has no name, no bound or no =. Write --limit-of crm=50,100/s.`)
    limits.set(name, { ...limits.get(name), ...boundOf(bound, text) })
  }
  return Object.fromEntries(limits)
}

async function readFile(file: string): Promise<Limits> {
  const limits = await readJson('the file of limits', file)
  if (typeof limits !== 'object' || limits === null || Array.isArray(limits))
    throw badUsage(`the file of limits '${file}' holds no object. Write { "crm": { "concurrency": 50 } }.`)
  return limits as Limits // the engine looks at each
}

function boundOf(bound: string, text: string): LimitOptions {
  let options: LimitOptions = {}
  for (const part of text.split(',').map((word) => word.trim())) {
    const more = partOf(bound, part)
    if (Object.keys(more).some((key) => key in options))
      throw badUsage(`--limit-of '${bound}' says something twice. Write --limit-of crm=50,100/s.`)
    options = { ...options, ...more }
  }
  return options
}

function partOf(bound: string, part: string): LimitOptions {
  if (/^\d+$/.test(part)) return { concurrency: Number(part) }
  if (part === 'adaptive') return { adaptive: true }
  if (part === 'breaker') return { breaker: true }
  const [, count, every] = /^(\d+)\/(.+)$/.exec(part) ?? []
  if (count === undefined || every === undefined)
    throw badUsage(
      `--limit-of '${bound}' has '${part}' in it. Give calls at once (50), starts in a time (100/s, 10/500ms), adaptive or breaker, with commas between them.`,
    )
  return { rate: { count: Number(count), perMs: perMsOf(bound, part, every) } }
}

function perMsOf(bound: string, part: string, every: string): number {
  try {
    return duration('--limit-of', /^\d/.test(every) ? every : `1${every}`)
  } catch (cause) {
    throw badUsage(`--limit-of '${bound}' has '${part}' in it. Write ${rateMeant(part) ?? '100/s or 10/500ms'}.`, cause)
  }
}

const UNITS: readonly (readonly [begin: RegExp, unit: string])[] = [
  [/^(ms|milli)/i, 'ms'],
  [/^s/i, 's'],
  [/^m/i, 'm'],
  [/^h/i, 'h'],
]

/** `100/s` for `100/sec`, `10/5m` for `10/5 minutes` */
function rateMeant(part: string): string | undefined {
  const [, start = '', word = ''] = /^(\d+\/\d*(?:\.\d+)?) ?([a-z]+)$/i.exec(part) ?? []
  const [, unit] = UNITS.find(([begin]) => begin.test(word)) ?? []
  return unit === undefined ? undefined : `${start}${unit}`
}
