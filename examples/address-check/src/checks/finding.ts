import type { Issue } from '@fanfold/workers'
import type { Advice, Correction } from '../address.ts'

/** What one check has to say about an address; the verifier puts them together. */
export interface Finding {
  readonly issues: readonly Issue[]
  readonly advice: Advice
}

/** Several findings as one, the most serious first: its issue comes first, and its suggestion wins. */
export function together(findings: readonly Finding[]): Finding {
  const advices = findings.map((finding) => finding.advice).toReversed()
  const suggestion: Correction = Object.assign({}, ...advices.map((advice) => advice.suggestion))
  const { suggestion: _last, ...rest }: Advice = Object.assign({}, ...advices)
  return {
    issues: findings.flatMap((finding) => finding.issues),
    advice: Object.keys(suggestion).length === 0 ? rest : { ...rest, suggestion },
  }
}
