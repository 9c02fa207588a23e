import { ABORTED, COMPLETED, CRASHED, ERRORED, NO_VERDICT, TIMED_OUT } from './outcome-columns.ts'
import type { Status } from './outcome-columns.ts'

/** How a check of a task ended. */
export type CheckStatus = Status

/** How a check ended as one number: 0 to 2 are the verdicts' codes; those of the other statuses follow, then `skipped`. */
export const CHECK_PASS = 0
/** Added to a status code other than `completed`. */
const WITHOUT_VERDICT = 2
export const CHECK_ERRORED: number = WITHOUT_VERDICT + ERRORED
export const CHECK_TIMED_OUT: number = WITHOUT_VERDICT + TIMED_OUT
export const CHECK_CRASHED: number = WITHOUT_VERDICT + CRASHED
export const CHECK_ABORTED: number = WITHOUT_VERDICT + ABORTED
export const CHECK_SKIPPED = 7
/** How many of these codes there are. */
export const CHECK_CODES = 8

/** The code of a check that ended so. @param status - and `verdict`: codes, as in an outcome's columns */
export function checkCode(status: number, verdict: number): number {
  return status === COMPLETED ? verdict : WITHOUT_VERDICT + status
}

export function statusOfCheck(code: number): number {
  return code <= WITHOUT_VERDICT ? COMPLETED : code - WITHOUT_VERDICT
}

export function verdictOfCheck(code: number): number {
  return code <= WITHOUT_VERDICT ? code : NO_VERDICT
}

/** From worst to best; what was skipped counts for nothing. */
const RANKS: readonly number[] = [CHECK_ABORTED, CHECK_CRASHED, CHECK_TIMED_OUT, CHECK_ERRORED, 2, 1, CHECK_PASS]
/** By code: how bad it is; 0 is nothing. */
const BADNESS: readonly number[] = Array.from({ length: CHECK_CODES }, (_, code) =>
  code === CHECK_SKIPPED ? 0 : RANKS.length - RANKS.indexOf(code),
)

/**
 * Which check a task's own outcome is that of: the first of those that ended worst.
 *
 * @param codes - of the task's checks, from `from` on
 */
export function worstCheck(codes: ArrayLike<number>, from: number, count: number): number {
  let worst = 0
  for (let check = 1; check < count; check++) {
    if (BADNESS[codes[from + check]!]! > BADNESS[codes[from + worst]!]!) worst = check
  }
  return worst
}
