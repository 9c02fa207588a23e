import type { Report } from '@fanfold/core'
import { counted, whole } from '../figures.ts'

/** Nothing was run: the journal had it all. A lower --limit reaches what it has too, and not the end of the input. */
export function isDoneBefore({ resumed, total, sourceExhausted }: Report): boolean {
  return resumed === total && sourceExhausted
}

/** How many records this start has settled, those that an earlier one has settled aside. */
export function verifiedNow({ resumed = 0, total, statuses }: Report): number {
  return Math.max(0, total - statuses.aborted - resumed)
}

/** What a run with a journal found done; nothing where it began. */
export function resumedText(report: Report): string | undefined {
  const { resumed } = report
  if (resumed === undefined) return undefined
  if (isDoneBefore(report)) return 'this run was complete: nothing was verified again'
  const now = verifiedNow(report)
  return `${counted(resumed, 'record')} settled before${now === 0 ? '; nothing was verified now' : `, ${whole(now)} now`}`
}
