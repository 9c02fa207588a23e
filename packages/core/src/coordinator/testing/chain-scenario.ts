import type { CheckTerms } from '@fanfold/workers/protocol'
import type { Random } from './random.ts'

/** What a check of a task does, whoever runs it and when. */
export type CheckNature =
  | 'passes'
  /** A verdict after which the checks behind it do not run. */
  | 'stops'
  | 'throws'
  | 'throwsOnce'
  | 'blocks'
  | 'blocksOnce'
  | 'hangs'
  | 'slow'
  | 'crashes'
  | 'crashesOnce'

const BAD: readonly CheckNature[] = ['stops', 'throws', 'throwsOnce', 'blocks', 'blocksOnce', 'crashes', 'crashesOnce']
const BAD_ASYNC: readonly CheckNature[] = [...BAD, 'hangs', 'hangs', 'slow', 'slow']

/** Codes of `check-ends.ts`: passes and flags go on, nothing else does. */
const GOES_ON: readonly boolean[] = [true, true, false, false, false, false, false, false]
/** After errors, too. */
const GOES_ON_AFTER_ERRORS: readonly boolean[] = [true, true, true, true, true, true, false, false]

/** Two to four checks; each waits for some of those before it. */
export function drawChecks(random: Random): readonly CheckTerms[] {
  return Array.from({ length: random.between(2, 4) }, (_, place) => ({
    name: `check${place}`,
    after: Array.from({ length: place }, (__, before) => before).filter(() => random.chance(0.5)),
    goesOn: random.chance(0.2) ? GOES_ON_AFTER_ERRORS : GOES_ON,
    timeoutMs: undefined,
    retry: random.chance(0.2) ? { retries: random.between(0, 2), timeouts: random.between(0, 1) } : {},
    barriers: 0,
  }))
}

export function drawNatures(random: Random, checks: number, isAsync: boolean, badness: number): CheckNature[] {
  return Array.from({ length: checks }, () =>
    random.chance(badness) ? random.pick(isAsync ? BAD_ASYNC : BAD) : 'passes',
  )
}
