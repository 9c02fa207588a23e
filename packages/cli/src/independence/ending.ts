import { inspect, isDeepStrictEqual } from 'node:util'
import type { CheckOutcome, Outcome, Status } from '@fanfold/core'
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
  const text = textOf(outcome)
  if (outcome.checks === undefined) return { status, text, value: status === 'completed' ? outcome.value : undefined }
  const checks = Object.entries(outcome.checks)
  // That a check has passed need not be said of each.
  const said = checks.map(([name, check]) => [name, textOf(check)] as const).filter(([, word]) => word !== 'pass')
  return {
    status,
    text: said.length === 0 ? text : `${text} (${said.map((words) => oneLine(words.join(': '))).join(', ')})`,
    value: Object.fromEntries(checks.map(([name, { value }]) => [name, value])),
  }
}

/** Of an outcome, or of one check's. */
function textOf({ status, ...said }: Words): string {
  if (status !== 'completed') return [status, nameOf(said.error)].join(' ').trim()
  const reasons = said.issues?.map((issue) => issue.reason) ?? [said.reason ?? '']
  return oneLine([said.verdict, ...reasons].join(' '))
}

type Words = Pick<CheckOutcome, 'status' | 'verdict' | 'reason' | 'issues' | 'error'>

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
