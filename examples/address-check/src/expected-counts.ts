import type { VerdictName } from '@fanfold/workers'
import { reasonsOf, type Judgement } from './judgement.ts'
import { expectationAt } from './mailing/mailing.ts'

/** How many of each verdict and of each issue's reason. */
export interface Counts {
  readonly verdicts: Readonly<Record<VerdictName, number>>
  readonly reasons: Readonly<Record<string, number>>
}

function count(all: Iterable<{ readonly verdict: VerdictName; readonly reasons: readonly string[] }>): Counts {
  const verdicts = { pass: 0, flag: 0, fail: 0 }
  const reasons: Record<string, number> = {}
  for (const { verdict, reasons: given } of all) {
    verdicts[verdict]++
    for (const reason of given) reasons[reason] = (reasons[reason] ?? 0) + 1
  }
  return { verdicts, reasons }
}

/** What has to come out for the first records of the mailing. */
export function expectedCounts(records: number): Counts {
  return count(Array.from({ length: records }, (_, index) => expectationAt(index)))
}

export function foundCounts(judgements: readonly Judgement[]): Counts {
  return count(judgements.map((judgement) => ({ verdict: judgement.verdict, reasons: reasonsOf(judgement) })))
}

/** What differs, a line each; nothing when all is as expected. */
export function differences(expected: Counts, found: Counts): string[] {
  const compare = (
    kind: string,
    left: Readonly<Record<string, number>>,
    right: Readonly<Record<string, number>>,
  ): string[] =>
    [...new Set([...Object.keys(left), ...Object.keys(right)])]
      .filter((name) => (left[name] ?? 0) !== (right[name] ?? 0))
      .map((name) => `${kind} ${name}: expected ${left[name] ?? 0}, found ${right[name] ?? 0}`)
  return [
    ...compare('verdict', expected.verdicts, found.verdicts),
    ...compare('reason', expected.reasons, found.reasons),
  ]
}
