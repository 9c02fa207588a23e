import type { CheckTerms } from '@fanfold/workers/protocol'
import type { LimitName } from '../events.ts'
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
    retry: random.chance(0.2)
      ? { retries: random.between(0, 2), timeouts: random.between(0, 1), crashes: random.between(0, 1) }
      : {},
    barriers: 0,
  }))
}

function drawNatures(random: Random, checks: number, isAsync: boolean, badness: number): CheckNature[] {
  return Array.from({ length: checks }, () =>
    random.chance(badness) ? random.pick(isAsync ? BAD_ASYNC : BAD) : 'passes',
  )
}

interface DrawnChain {
  /** What happens before its checks begin; it passes when nothing does. */
  readonly nature: 'passes' | (typeof BEFORE_CHECKS)[number]
  readonly bytes: number
  readonly valueBytes: number
  /** By check: the limit through which it makes a call before it comes to its end; `''` is none. */
  readonly limits: readonly LimitName[]
  readonly checks: readonly CheckNature[]
}

const BEFORE_CHECKS = ['poisons', 'unsendable', 'unreadable'] as const

/** A task of a chain. */
export function drawChain(
  random: Random,
  how: {
    readonly checks: number
    readonly isAsync: boolean
    readonly badness: number
    readonly ofValues: number
    readonly limits: readonly LimitName[]
  },
): DrawnChain {
  const { checks, isAsync, badness, ofValues, limits } = how
  const isLimited = (): boolean => isAsync && limits.length > 0 && random.chance(0.5)
  return {
    nature: random.chance(badness / 8) ? random.pick(BEFORE_CHECKS) : 'passes',
    bytes: random.between(1, 12),
    valueBytes: ofValues === 0 ? 0 : random.between(0, ofValues),
    limits: Array.from({ length: checks }, () => (isLimited() ? random.pick(limits) : '')),
    checks: drawNatures(random, checks, isAsync, badness),
  }
}
