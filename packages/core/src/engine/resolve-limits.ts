import { checkOptions } from '../options/check-options.ts'
import { count, duration, percentage, refuse } from '../options/check-values.ts'
import type { LimitOptions } from '../options/limit-options.ts'
import type { BreakerSettings } from '../policy/limits/limit-breaker.ts'
import type { LimitSettings } from '../policy/limits/limit-settings.ts'
import type { Rate } from '../policy/limits/start-window.ts'

const DEFAULT_CONCURRENCY = 50
const DEFAULT_MAX = 1_000
const DEFAULT_QUEUE_MS = 60_000
const DEFAULT_BREAKER: BreakerSettings = { percentage: 50, calls: 20, openMs: 10_000 }
const LIMIT_OPTIONS = ['concurrency', 'rate', 'adaptive', 'maxConcurrency', 'queueTimeoutMs', 'breaker']

/** @throws {FanfoldError} `FANFOLD_BAD_OPTION` */
export function resolveLimits(given: Readonly<Record<string, LimitOptions>> = {}): Record<string, LimitSettings> {
  if (typeof given !== 'object' || given === null) refuse('limits', given, 'use { crm: { concurrency: 50 } }')
  return Object.fromEntries(Object.entries(given).map(([name, options]) => [name, resolveLimit(name, options)]))
}

/** @param before - what holds for what is not given */
export function resolveLimit(name: string, options: LimitOptions, before?: LimitSettings): LimitSettings {
  const owner = `limits.${name}`
  if (name === '') refuse('limits', name, 'a limit needs a name')
  checkOptions(owner, options, LIMIT_OPTIONS)
  const isAdaptive = flag(`${owner}.adaptive`, options.adaptive, before?.isAdaptive ?? false)
  const concurrency = count(`${owner}.concurrency`, options.concurrency ?? before?.concurrency ?? DEFAULT_CONCURRENCY)
  const rate = 'rate' in options ? rateOf(owner, options.rate) : before?.rate
  if (options.maxConcurrency !== undefined && !isAdaptive)
    refuse(`${owner}.maxConcurrency`, options.maxConcurrency, 'it bounds an adaptive limit; add adaptive: true')
  const largest = count(`${owner}.maxConcurrency`, options.maxConcurrency ?? before?.maxConcurrency ?? DEFAULT_MAX)
  if (isAdaptive && options.maxConcurrency !== undefined && largest < concurrency)
    refuse(`${owner}.maxConcurrency`, largest, `use at least its concurrency, ${concurrency}`)
  return {
    concurrency,
    maxConcurrency: isAdaptive ? Math.max(largest, concurrency) : concurrency,
    isAdaptive,
    rate,
    breaker: 'breaker' in options ? breakerOf(owner, options.breaker) : before?.breaker,
    queueTimeoutMs: duration(
      `${owner}.queueTimeoutMs`,
      options.queueTimeoutMs,
      before?.queueTimeoutMs ?? queueMsFor(concurrency, rate),
    ),
  }
}

/** Calls of as many tasks as may run because of it have to come through. */
function queueMsFor(concurrency: number, rate: Rate | undefined): number {
  return rate === undefined ? DEFAULT_QUEUE_MS : Math.max(DEFAULT_QUEUE_MS, (2 * concurrency * rate.perMs) / rate.count)
}

function rateOf(owner: string, rate: LimitOptions['rate']): Rate | undefined {
  if (rate === undefined) return undefined
  if (typeof rate !== 'object' || rate === null) return refuse(`${owner}.rate`, rate, 'use { count: 100, perMs: 1000 }')
  checkOptions(`${owner}.rate`, rate, ['count', 'perMs'])
  const perMs = duration(`${owner}.rate.perMs`, rate.perMs, 0)
  if (perMs === 0 || perMs === Infinity) refuse(`${owner}.rate.perMs`, rate.perMs, 'use a number of ms')
  return { count: count(`${owner}.rate.count`, rate.count), perMs }
}

function breakerOf(owner: string, breaker: LimitOptions['breaker'] = false): BreakerSettings | undefined {
  if (typeof breaker === 'boolean') return breaker ? DEFAULT_BREAKER : undefined
  if (typeof breaker !== 'object' || breaker === null)
    return refuse(`${owner}.breaker`, breaker, 'use true, false or { percentage: 50 }')
  checkOptions(`${owner}.breaker`, breaker, ['percentage', 'calls', 'openMs'])
  const calls = count(`${owner}.breaker.calls`, breaker.calls ?? DEFAULT_BREAKER.calls)
  return {
    percentage: percentage(`${owner}.breaker.percentage`, breaker.percentage ?? DEFAULT_BREAKER.percentage),
    calls,
    openMs: duration(`${owner}.breaker.openMs`, breaker.openMs, DEFAULT_BREAKER.openMs),
  }
}

function flag(name: string, value: unknown, byDefault: boolean): boolean {
  if (value === undefined) return byDefault
  return typeof value === 'boolean' ? value : refuse(name, value, 'use true or false')
}
