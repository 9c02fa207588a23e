import type { Report } from '@fanfold/core'
import { counted, whole } from './figures.ts'
import { errorLine } from './problem.ts'

/** How many records of a sample came to a verdict: of those that did not, there is nothing to be learnt. */
export interface SampleVerdicts {
  readonly records: number
  readonly withVerdict: number
  /** Why the first has none, in a line. */
  readonly firstError: string | undefined
}

/** What was aborted is no part of the sample. */
export function sampleVerdicts({ total, statuses, firstErrors }: Report): SampleVerdicts {
  const [first] = firstErrors.toSorted((a, b) => a.index - b.index)
  return {
    records: total - statuses.aborted,
    withVerdict: statuses.completed,
    firstError: first === undefined ? undefined : errorLine(first.error),
  }
}

/** `0 of 200 records have a verdict; the first error: …` */
export function verdictsText({ records, withVerdict, firstError }: SampleVerdicts): string {
  const have = `${whole(withVerdict)} of ${counted(records, 'record')} ${withVerdict === 1 ? 'has' : 'have'} a verdict`
  return firstError === undefined ? have : `${have}; the first error: ${firstError}`
}
