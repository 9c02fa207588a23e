import { fail, pass } from '@fanfold/workers'
import type { Verdict } from '@fanfold/workers'

export interface Sale {
  readonly region: string
  readonly cents: number
}

/** A sale is a whole number of cents, and more than none. */
export default function verify({ cents }: Sale): Verdict<never> {
  return Number.isSafeInteger(cents) && cents > 0 ? pass() : fail('no-amount')
}
