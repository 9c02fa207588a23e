import { FanfoldError } from '../errors.ts'

/**
 * Refuses what is no object of options, and an option that is not known: mistyped, it would be ignored.
 *
 * @param owner - whose options they are: a call, or an option that has some of its own
 * @throws {FanfoldError} `FANFOLD_BAD_OPTION`
 */
export function checkOptions(owner: string, options: unknown, known: readonly string[]): void {
  checkIsObject(owner, options, known)
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue
    const place = ELSEWHERE[key]
    const remedy = place === undefined ? `Known are ${known.join(', ')}` : `It belongs to ${place}`
    throw new FanfoldError('FANFOLD_BAD_OPTION', `${owner} has no option ${key}. ${remedy}.`)
  }
}

/**
 * @param known - some of its options, for the message
 * @throws {FanfoldError} `FANFOLD_BAD_OPTION`
 */
export function checkIsObject(owner: string, options: unknown, known: readonly string[]): asserts options is object {
  const received = whatElse(options)
  if (received === undefined) return
  const message = `the options of ${owner} are ${received}: give an object (known are ${known.join(', ')}), or nothing.`
  throw new FanfoldError('FANFOLD_BAD_OPTION', message)
}

/** What was given instead of an object of options. A signal alone would be ignored. */
function whatElse(options: unknown): string | undefined {
  if (options instanceof AbortSignal) return 'an AbortSignal'
  if (Array.isArray(options)) return 'an array'
  if (typeof options === 'function') return 'a function'
  if (typeof options === 'string') return `'${options}'`
  return typeof options !== 'object' || options === null ? String(options) : undefined
}

/** Options that are easily looked for in the wrong place. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  threads: 'new Engine()',
  threadMemoryMb: 'new Engine()',
  recycleAfter: 'new Engine()',
  pool: 'new Engine()',
  limits: 'new Engine()',
  config: 'engine.load()',
  check: 'engine.load()',
  hostFunctions: 'engine.load()',
  maxQueued: 'check, an option of engine.load()',
  maxQueuedBytes: 'check, an option of engine.load()',
  startTimeoutMs: 'engine.load()',
  teardownTimeoutMs: 'engine.load()',
  resume: 'journal',
  redrive: 'journal',
  sourceId: 'journal',
  retries: 'retry',
  timeouts: 'retry',
  crashes: 'retry',
}
