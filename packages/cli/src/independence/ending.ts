import { inspect, isDeepStrictEqual } from 'node:util'
import type { Outcome, Status } from '@fanfold/core'
import { cut } from '../figures.ts'
import { oneLine } from '../problem.ts'

/** How a record ended, as far as that is compared. */
export interface Ending {
  readonly status: Status
  /** The verdict and its reasons; of what has none, the status and what its error calls itself. For a person, too. */
  readonly text: string
  readonly value: unknown
}

/** A record of the sample, and how it ended. */
export interface Ended {
  readonly index: number
  readonly line: number | undefined
  readonly file: string | undefined
  readonly item: unknown
  readonly ending: Ending
}

/** By index. */
export type Endings = ReadonlyMap<number, Ending>

const MOST_VALUE = 40

export function endingOf(outcome: Outcome): Ending {
  const { status } = outcome
  if (outcome.status !== 'completed')
    return { status, text: [status, nameOf(outcome.error)].join(' ').trim(), value: undefined }
  const { verdict, reason, issues, value } = outcome
  const reasons = issues?.map((issue) => issue.reason) ?? [reason ?? '']
  return { status, text: oneLine([verdict, ...reasons].join(' ')), value }
}

function nameOf(error: Error | undefined): string {
  if (error === undefined) return ''
  return oneLine('code' in error && typeof error.code === 'string' ? error.code : error.name)
}

export function isSameValue(one: Ending, other: Ending): boolean {
  return isDeepStrictEqual(one.value, other.value)
}

/** What sets the two apart: the values are told only where nothing else differs. */
export function apart(one: Ending, other: Ending): readonly [one: string, other: string] {
  if (one.text !== other.text) return [one.text, other.text]
  return [withValue(one), withValue(other)]
}

function withValue({ text, value }: Ending): string {
  const shown = inspect(value, { depth: 2, breakLength: Infinity, maxArrayLength: 10, maxStringLength: MOST_VALUE })
  return `${text} with the value ${cut(oneLine(shown), MOST_VALUE)}`
}
