import type { Report } from '@fanfold/core'
import { counted, whole } from '../figures.ts'
import { quoted } from './quoted.ts'

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

/**
 * The command line that goes on with a run that did not come to its end, ready for a shell; nothing for one that did.
 * After a breach of the tolerance it runs the unsuccessful again: what is settled counts, so a run that was resumed only
 * would be halted at once.
 */
export function goOnCommand(report: Report, args: readonly string[]): string | undefined {
  const { result, tolerance } = report
  if (result !== 'aborted' && result !== 'failed') return undefined
  const end = args.indexOf('--')
  const options = end < 0 ? args : args.slice(0, end)
  const kept = options.filter((arg) => !/^--(resume(=.*)?|redrive)$/.test(arg))
  const word = tolerance?.isExceeded === true ? '--redrive' : '--resume'
  return ['fanfold', ...kept, word, ...(end < 0 ? [] : args.slice(end))].map(quoted).join(' ')
}
