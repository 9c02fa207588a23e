import { FanfoldError } from '../errors.ts'

/** Timers above this fire at once. */
const MAX_TIMER_MS = 2_147_483_647

/** ms; `Infinity` is off. */
export function duration(name: string, value: number | undefined, byDefault: number): number {
  if (value === undefined) return byDefault
  if (typeof value === 'number' && (value === Infinity || (value >= 1 && value <= MAX_TIMER_MS))) return value
  return refuse(name, value, `use 1 to ${MAX_TIMER_MS} ms, or Infinity to turn it off`)
}

export function count(name: string, value: number): number {
  return Number.isInteger(value) && value >= 1 ? value : refuse(name, value, 'use a whole number from 1')
}

export function countOrInfinity(name: string, value: number): number {
  return value === Infinity ? value : count(name, value)
}

export function countFrom0(name: string, value: unknown): number {
  const isCount = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
  return isCount ? value : refuse(name, value, 'use a whole number from 0')
}

export function percentage(name: string, value: unknown): number {
  return typeof value === 'number' && value >= 0 && value <= 100
    ? value
    : refuse(name, value, 'use a number from 0 to 100')
}

/** @throws {FanfoldError} `FANFOLD_BAD_OPTION` */
export function refuse(name: string, value: unknown, remedy: string): never {
  throw new FanfoldError(
    'FANFOLD_BAD_OPTION',
    `${name} is ${typeof value === 'string' ? `'${value}'` : String(value)}: ${remedy}.`,
  )
}
