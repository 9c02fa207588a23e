import type { Issue, VerdictName } from '@fanfold/workers'
import type { Advice } from './address.ts'

/** What was found about one record, whoever ran the verifier. */
export interface Judgement {
  readonly index: number
  readonly verdict: VerdictName
  readonly issues: readonly Issue[]
  readonly advice: Advice | undefined
}

export function reasonsOf({ issues }: Judgement): readonly string[] {
  return issues.map(({ reason }) => reason)
}
