/** Readers of option values: each takes the option's name and the text, and returns the value or throws `badUsage`. */
import type { Concurrency, EngineOptions, Tolerance } from '@fanfold/core'
import { badUsage } from '../problem.ts'

const MS: Readonly<Record<string, number>> = { '': 1, ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000 }
const BYTES: Readonly<Record<string, number>> = { '': 1, b: 1, kb: 2 ** 10, mb: 2 ** 20, gb: 2 ** 30 }
/** Timers above this fire at once. */
const MAX_TIMER_MS = 2_147_483_647

/** `500ms`, `2s`, `1.5m`, `1h`, a number of ms, or `none`. */
export function duration(option: string, text: string): number {
  if (text === 'none') return Infinity
  const ms = withUnit(text, MS)
  if (ms === undefined) throw refused(option, text, 'Give a duration such as 500ms, 2s or 1m, or none.')
  if (ms < 1 || ms > MAX_TIMER_MS) throw refused(option, text, 'Give 1ms to 596h, or none.')
  return ms
}

/** `256mb`, `16kb`, `1gb`, a number of bytes, or `none`; the units are powers of 1024. */
export function bytes(option: string, text: string): number {
  if (text === 'none') return Infinity
  const size = withUnit(text, BYTES)
  if (size === undefined || size < 1) throw refused(option, text, 'Give a size such as 64kb, 16mb or 1gb, or none.')
  return Math.round(size)
}

/** As {@link bytes}, in MB as Node's resource limits count. */
export function threadMemory(option: string, text: string): number {
  const size = bytes(option, text)
  if (size < 8 * 2 ** 20) throw refused(option, text, 'A thread needs 8mb or more, and a bare number is bytes.')
  return size / 2 ** 20
}

export function count(option: string, text: string): number {
  if (!isCount(text)) throw refused(option, text, 'Give a whole number from 1.')
  return Number(text)
}

function isCount(text: string): boolean {
  return /^\d+$/.test(text) && Number(text) >= 1 && Number.isSafeInteger(Number(text))
}

/** A whole number from 1, or `auto`. */
export function concurrency(option: string, text: string): Concurrency {
  if (text === 'auto') return text
  if (!isCount(text)) throw refused(option, text, 'Give auto, or a whole number from 1.')
  return Number(text)
}

/** Several whole numbers from 1, with commas between them; each once, the smallest first. */
export function counts(option: string, text: string): readonly number[] {
  const values = text.split(',').map((part) => (/^\s*\d+\s*$/.test(part) ? Number(part) : 0))
  if (values.some((value) => value < 1 || !Number.isSafeInteger(value)))
    throw refused(option, text, 'Give whole numbers from 1, with commas between them: 1,2,4.')
  return [...new Set(values)].sort((a, b) => a - b)
}

/** How many further attempts: a number from 0, or `none`. */
export function attempts(option: string, text: string): number {
  const value = text === 'none' ? 0 : /^\d+$/.test(text) ? Number(text) : NaN
  if (!Number.isSafeInteger(value)) throw refused(option, text, 'Give a whole number from 0.')
  return value
}

/** `20` tasks, or `1%` of them. */
export function tolerance(option: string, text: string): Tolerance {
  const [, number = '', sign] = /^(\d+(?:\.\d+)?)(%?)$/.exec(text.trim()) ?? []
  const value = number === '' ? NaN : Number(number)
  if (sign === '%' && value <= 100) return { percentage: value }
  if (sign === '' && Number.isSafeInteger(value)) return { count: value }
  throw refused(option, text, 'Give a number of records such as 20, or a share from 0% to 100%.')
}

/** `10000` tasks, `256mb` of heap, or both with a comma between them. */
export function recycling(option: string, text: string): NonNullable<EngineOptions['recycleAfter']> {
  let after: { readonly tasks?: number; readonly heapMb?: number } = {}
  for (const part of text.split(',').map((word) => word.trim())) {
    const bound = /^[1-9]\d*$/.test(part) ? { tasks: Number(part) } : heapBound(part)
    const isTwice = Object.keys(bound).some((name) => name in after)
    if (isTwice || Object.keys(bound).length === 0)
      throw refused(option, text, 'Give a number of records, a size of the heap with its unit, or both: 10000,256mb.')
    after = { ...after, ...bound }
  }
  return after
}

function heapBound(text: string): { readonly heapMb?: number } {
  const size = withUnit(text, BYTES)
  return size === undefined || size < 1 || /^[\d.]+$/.test(text) ? {} : { heapMb: size / 2 ** 20 }
}

/** `auto`; without a value, which arrives as `unfinished`, it goes on with what is not complete. */
export function resumption(option: string, text: string): 'unfinished' | 'auto' {
  if (text === 'unfinished' || text === 'auto') return text
  throw refused(option, text, `Give ${option} alone, or ${option}=auto.`)
}

/** One of a few words. */
export function oneOf<Word extends string>(words: readonly Word[]): (option: string, text: string) => Word {
  return (option, text) => {
    const word = words.find((candidate) => candidate === text)
    if (word === undefined) throw refused(option, text, `Give ${listed(words)}.`)
    return word
  }
}

/** Several of a few words, with commas between them. */
export function someOf<Word extends string>(words: readonly Word[]): (option: string, text: string) => readonly Word[] {
  return (option, text) => {
    const given = text.split(',').map((word) => word.trim())
    const odd = given.find((word) => !words.some((known) => known === word))
    if (odd === undefined) return words.filter((word) => given.includes(word))
    // Upper and lower case are easily mixed up: timedOut, timedout.
    const meant = words.find((known) => known.toLowerCase() === odd.toLowerCase())
    const remedy = meant === undefined ? `Give a list of ${listed(words)}.` : `Did you mean ${meant}?`
    throw badUsage(`${option} has '${odd}' in it. ${remedy}`)
  }
}

export function text(option: string, value: string): string {
  if (value === '') throw badUsage(`${option} is empty. Give it a value, or leave it out.`)
  return value
}

function withUnit(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const [, number, unit] = /^(\d+(?:\.\d+)?) ?([a-z]*)$/i.exec(text.trim()) ?? []
  const factor = units[unit?.toLowerCase() ?? ' ']
  return number === undefined || factor === undefined ? undefined : Number(number) * factor
}

function refused(option: string, text: string, remedy: string): Error {
  return badUsage(`${option} is '${text}'. ${remedy}`)
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}
