import type { HostFunctions } from '@fanfold/workers'
import type { RunSettings } from '../coordinator/events.ts'
import { FanfoldError } from '../errors.ts'
import { checkOptions } from '../options/check-options.ts'
import { count, countFrom0, countOrInfinity, duration, percentage, refuse } from '../options/check-values.ts'
import type {
  CheckOptions,
  Concurrency,
  EngineOptions,
  JournalOptions,
  LoadOptions,
  PoolKind,
  RetryOptions,
  RunOptions,
  RunUpdate,
} from '../options.ts'
import type { Recycling } from '../policy/recycling.ts'
import { NO_RETRIES } from '../policy/retry.ts'
import type { RetryPolicy } from '../policy/retry.ts'
import type { Tolerance } from '../policy/tolerance.ts'
import { checkConfigForProcess } from '../processes/crossing.ts'
import { verifierModules } from './resolve-verifier.ts'
import type { VerifierModules } from './resolve-verifier.ts'

const DEFAULT_TIMEOUT_MS = 30_000
const DEFAULT_START_MS = 30_000
const DEFAULT_TEARDOWN_MS = 5_000
/** What a run holds at most: enough for every thread to have its next shard ready, whatever their size. */
const MAX_HELD_TASKS = 262_144
const MAX_HELD_BYTES = 32 * 1024 * 1024

/** What waits for a thread: half a second of work of 50 µs, and as many bytes as two runs hold. */
const DEFAULT_QUEUED = 10_000
const DEFAULT_QUEUED_BYTES = 64 * 1024 * 1024

const RUN_OPTIONS = [
  'timeoutMs',
  'concurrency',
  'shardSize',
  'retry',
  'tolerate',
  'halt',
  'order',
  'limit',
  'journal',
  'signal',
]

export function resolveRunOptions(options: RunOptions): RunSettings {
  checkOptions('run()', options, RUN_OPTIONS)
  const { order = 'arrival', limit = Infinity, halt = 'soon', signal } = options
  if (order !== 'arrival' && order !== 'input') refuse('order', order, "use 'arrival' or 'input'")
  if (halt !== 'never' && halt !== 'soon' && halt !== 'now') refuse('halt', halt, "use 'never', 'soon' or 'now'")
  if (options.halt !== undefined && options.tolerate === undefined)
    refuse('halt', halt, 'it says what happens beyond `tolerate`, which is not given; give both, or leave it out')
  if (signal !== undefined && !(signal instanceof AbortSignal))
    refuse('signal', signal, 'use the signal of an AbortController')
  return {
    timeoutMs: duration('timeoutMs', options.timeoutMs, DEFAULT_TIMEOUT_MS),
    concurrency: concurrencyOf('concurrency', options.concurrency),
    shardSize: options.shardSize === undefined ? undefined : count('shardSize', options.shardSize),
    order,
    limit: countOrInfinity('limit', limit),
    retry: retryPolicy(options.retry),
    tolerance: options.tolerate === undefined ? undefined : toleranceOf(options.tolerate),
    halt,
    seed: Math.floor(Math.random() * 2 ** 31),
    resumed: { tasks: 0, unsuccessful: 0 },
    readAhead: true,
    isUrgent: false,
    maxHeldTasks: MAX_HELD_TASKS,
    maxHeldBytes: MAX_HELD_BYTES,
  }
}

/** What may change while a run goes on. */
export function resolveRunUpdate(options: RunUpdate): Partial<Pick<RunSettings, 'concurrency' | 'tolerance'>> {
  checkOptions('update()', options, ['concurrency', 'tolerate'])
  const { concurrency, tolerate } = options
  return {
    ...(concurrency === undefined ? {} : { concurrency: concurrencyOf('concurrency', concurrency) }),
    ...(tolerate === undefined ? {} : { tolerance: toleranceOf(tolerate) }),
  }
}

function concurrencyOf(name: string, given: Concurrency = 'auto'): Concurrency {
  const isCount = typeof given === 'number' && Number.isInteger(given) && given >= 1
  return given === 'auto' || isCount ? given : refuse(name, given, "use 'auto', or a whole number from 1")
}

function retryPolicy(options: RetryOptions = {}): RetryPolicy {
  if (typeof options !== 'object' || options === null) return refuse('retry', options, 'use { retries: 2 }')
  checkOptions('retry', options, ['retries', 'timeouts', 'crashes', 'backoff', 'baseMs'])
  const { retries, timeouts, crashes, backoff, baseMs } = { ...NO_RETRIES, ...options }
  if (backoff !== 'exponential' && backoff !== 'none') refuse('retry.backoff', backoff, "use 'exponential' or 'none'")
  return {
    retries: countFrom0('retry.retries', retries),
    timeouts: countFrom0('retry.timeouts', timeouts),
    crashes: countFrom0('retry.crashes', crashes),
    backoff,
    baseMs: duration('retry.baseMs', baseMs, NO_RETRIES.baseMs),
  }
}

function toleranceOf(tolerate: unknown): Tolerance {
  const remedy = 'use { count: 20 } or { percentage: 1 }'
  if (typeof tolerate !== 'object' || tolerate === null) return refuse('tolerate', tolerate, remedy)
  const given = Object.entries(tolerate)
  const [name, value] = given[0] ?? []
  if (given.length === 1 && name === 'count') return { count: countFrom0('tolerate.count', value) }
  if (given.length !== 1 || name !== 'percentage')
    return refuse('tolerate', `{ ${Object.keys(tolerate).join(', ')} }`, remedy)
  return { percentage: percentage('tolerate.percentage', value) }
}

const RESUMES = ['never', 'unfinished', 'auto'] as const

export interface ResolvedJournal extends Pick<JournalOptions, 'path' | 'sourceId' | 'output'> {
  readonly resume: (typeof RESUMES)[number]
  readonly redrive: boolean
}

export function resolveJournal(given: JournalOptions | undefined): ResolvedJournal | undefined {
  if (given === undefined) return undefined
  if (typeof given !== 'object' || given === null) return refuse('journal', given, "use { path: 'run.journal' }")
  checkOptions('journal', given, ['path', 'resume', 'redrive', 'sourceId', 'output'])
  const { path, resume = 'never', redrive = false, sourceId } = given
  if (typeof path !== 'string' || path === '') refuse('journal.path', path, 'use the path of a file')
  if (!RESUMES.includes(resume)) refuse('journal.resume', resume, "use 'never', 'unfinished' or 'auto'")
  if (typeof redrive !== 'boolean') refuse('journal.redrive', redrive, 'use true or false')
  if (sourceId !== undefined && (typeof sourceId !== 'string' || sourceId === ''))
    refuse('journal.sourceId', sourceId, 'use a text that is not empty')
  return { ...given, resume, redrive }
}

export function resolveRecycling(given: EngineOptions['recycleAfter'] = {}): Recycling {
  if (typeof given !== 'object' || given === null) return refuse('recycleAfter', given, 'use { tasks: 100000 }')
  checkOptions('recycleAfter', given, ['tasks', 'heapMb'])
  const { tasks = Infinity, heapMb = Infinity } = given
  if (!(heapMb > 0)) refuse('recycleAfter.heapMb', heapMb, 'use a number of MB above 0')
  return { tasks: countOrInfinity('recycleAfter.tasks', tasks), heapMb }
}

/** Requests of a loaded verifier. */
export interface ResolvedCheck {
  readonly settings: RunSettings
  readonly maxQueued: number
  readonly maxQueuedBytes: number
}

export function resolveCheck(given: CheckOptions = {}): ResolvedCheck {
  if (typeof given !== 'object' || given === null) return refuse('check', given, 'use { timeoutMs: 1000 }')
  checkOptions('check', given, ['timeoutMs', 'concurrency', 'maxQueued', 'maxQueuedBytes'])
  const { timeoutMs, concurrency, maxQueued = DEFAULT_QUEUED, maxQueuedBytes = DEFAULT_QUEUED_BYTES } = given
  return {
    settings: {
      ...resolveRunOptions({}),
      timeoutMs: duration('check.timeoutMs', timeoutMs, DEFAULT_TIMEOUT_MS),
      concurrency: concurrencyOf('check.concurrency', concurrency),
      readAhead: false,
      isUrgent: true,
    },
    maxQueued: countOrInfinity('check.maxQueued', maxQueued),
    maxQueuedBytes: countOrInfinity('check.maxQueuedBytes', maxQueuedBytes),
  }
}

export interface ResolvedLoad extends VerifierModules {
  readonly config: unknown
  readonly startTimeoutMs: number
  readonly teardownTimeoutMs: number
  readonly functions: HostFunctions
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
    ...verifierModules(verifier),
    config,
    startTimeoutMs: duration('startTimeoutMs', options.startTimeoutMs, DEFAULT_START_MS),
    teardownTimeoutMs: duration('teardownTimeoutMs', options.teardownTimeoutMs, DEFAULT_TEARDOWN_MS),
    functions: hostFunctions(options.hostFunctions),
  }
}

function hostFunctions(given: HostFunctions = {}): HostFunctions {
  if (typeof given !== 'object' || given === null)
    return refuse('hostFunctions', given, 'use { lookUp: (id) => … }, an object of functions')
  for (const [name, value] of Object.entries(given))
    if (typeof value !== 'function') refuse(`hostFunctions.${name}`, value, 'use a function')
  return { ...given }
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
