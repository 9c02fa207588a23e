import { isAbsolute, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { RunSettings } from '../coordinator/events.ts'
import { FanfoldError } from '../errors.ts'
import type { LoadOptions, PoolKind, RunOptions } from '../options.ts'
import { checkConfigForProcess } from '../processes/crossing.ts'

/** Timers above this fire at once. */
const MAX_TIMER_MS = 2_147_483_647
const DEFAULT_TIMEOUT_MS = 30_000
const DEFAULT_START_MS = 30_000
const DEFAULT_TEARDOWN_MS = 5_000
/** What a run holds at most: enough for every thread to have its next shard ready, whatever their size. */
const MAX_HELD_TASKS = 262_144
const MAX_HELD_BYTES = 32 * 1024 * 1024

const RUN_OPTIONS = ['timeoutMs', 'concurrency', 'order', 'limit', 'signal']

export function resolveRunOptions(options: RunOptions, threads: number): RunSettings {
  refuseUnknown(options, RUN_OPTIONS)
  const { order = 'arrival', limit = Infinity, signal } = options
  if (order !== 'arrival' && order !== 'input') refuse('order', order, "use 'arrival' or 'input'")
  if (signal !== undefined && !(signal instanceof AbortSignal))
    refuse('signal', signal, 'use the signal of an AbortController')
  return {
    timeoutMs: duration('timeoutMs', options.timeoutMs, DEFAULT_TIMEOUT_MS),
    concurrency: count('concurrency', options.concurrency ?? threads),
    order,
    limit: limit === Infinity ? Infinity : count('limit', limit),
    maxHeldTasks: MAX_HELD_TASKS,
    maxHeldBytes: MAX_HELD_BYTES,
  }
}

export interface ResolvedLoad {
  readonly url: string
  readonly config: unknown
  readonly startTimeoutMs: number
  readonly teardownTimeoutMs: number
}

export function resolveLoadOptions(verifier: unknown, options: LoadOptions, pool: PoolKind): ResolvedLoad {
  let config: unknown
  try {
    // A copy: every thread, one that is started an hour from now too, gets what was given here.
    config = structuredClone(options.config ?? {})
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new FanfoldError(
      'FANFOLD_NOT_CLONEABLE',
      `config cannot be sent to a thread: ${why}. Use plain data; what cannot be cloned is made in the verifier's setup.`,
      { cause },
    )
  }
  if (pool === 'processes') checkConfigForProcess(config)
  return {
    url: verifierUrl(verifier),
    config,
    startTimeoutMs: duration('startTimeoutMs', options.startTimeoutMs, DEFAULT_START_MS),
    teardownTimeoutMs: duration('teardownTimeoutMs', options.teardownTimeoutMs, DEFAULT_TEARDOWN_MS),
  }
}

function verifierUrl(verifier: unknown): string {
  if (verifier instanceof URL) return verifier.href
  if (typeof verifier === 'string' && verifier !== '') {
    return /^(file|data|node):/.test(verifier)
      ? verifier
      : pathToFileURL(isAbsolute(verifier) ? verifier : resolve(verifier)).href
  }
  const received =
    typeof verifier === 'function' ? 'a function' : verifier === null ? 'null' : `a value of type ${typeof verifier}`
  throw new FanfoldError(
    'FANFOLD_VERIFIER_NOT_A_MODULE',
    `the verifier has to be the URL of a module, and is ${received}: a function cannot be sent to a thread. Move it to a file of its own, \`export default\` it there, and give new URL('./that-file.ts', import.meta.url).`,
  )
}

export function resolveThreads(threads: number | undefined, available: () => number): number {
  return threads === undefined ? available() : count('threads', threads)
}

export function resolveMemory(memoryMb: number | undefined): number | undefined {
  if (memoryMb !== undefined && !(memoryMb >= 8 && Number.isFinite(memoryMb)))
    refuse('threadMemoryMb', memoryMb, 'use 8 or more')
  return memoryMb
}

export function resolvePool(pool: PoolKind = 'threads'): PoolKind {
  if (pool !== 'threads' && pool !== 'processes') refuse('pool', pool, "use 'threads' or 'processes'")
  return pool
}

export function refuseUnknown(options: object, known: readonly string[]): void {
  for (const key of Object.keys(options)) {
    if (!known.includes(key))
      throw new FanfoldError('FANFOLD_BAD_OPTION', `there is no option ${key}. Known are ${known.join(', ')}.`)
  }
}

function duration(name: string, value: number | undefined, byDefault: number): number {
  if (value === undefined) return byDefault
  if (typeof value === 'number' && (value === Infinity || (value >= 1 && value <= MAX_TIMER_MS))) return value
  return refuse(name, value, `use 1 to ${MAX_TIMER_MS} ms, or Infinity to turn it off`)
}

function count(name: string, value: number): number {
  return Number.isInteger(value) && value >= 1 ? value : refuse(name, value, 'use a whole number from 1')
}

function refuse(name: string, value: unknown, remedy: string): never {
  throw new FanfoldError(
    'FANFOLD_BAD_OPTION',
    `${name} is ${typeof value === 'string' ? `'${value}'` : String(value)}: ${remedy}.`,
  )
}
