import type { CheckDetail, FailedCheck } from '../../outcome-columns.ts'

/** What the checks of a task have come to, when all of them have. */
export interface ChainOutcome {
  /** Of the task: the worst of its checks'. */
  readonly status: number
  readonly verdict: number
  /** The check that ended worst. */
  readonly worst: number
  /** By check: see `check-ends.ts`. */
  readonly codes: readonly number[]
  /** ms */
  readonly durations: readonly number[]
  readonly details: readonly CheckDetail[]
  /** Those for which another attempt may end differently. */
  readonly failed: readonly FailedCheck[]
}

/** That of the task: of all of its checks together, ms. */
export function durationOf({ durations }: ChainOutcome): number {
  let sum = 0
  for (let i = 0; i < durations.length; i++) sum += durations[i]!
  return sum
}

/** For how long its checks have waited for permits together, ms. */
export function waitOf({ details }: ChainOutcome): number {
  let sum = 0
  for (let i = 0; i < details.length; i++) sum += details[i]!.waitMs ?? 0
  return sum
}
