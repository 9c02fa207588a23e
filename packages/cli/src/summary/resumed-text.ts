import type { Report } from '@fanfold/core'
import { counted, whole } from '../figures.ts'
import { quoted } from './quoted.ts'

/** Nothing was run: the journal had it all. */
export function isDoneBefore({ resumed, total }: Report): boolean {
  return resumed !== undefined && resumed === total
}

/** What a run with a journal found done; nothing where it began. */
export function resumedText(report: Report): string | undefined {
  const { resumed, total, statuses } = report
  if (resumed === undefined) return undefined
  if (isDoneBefore(report)) return 'this run was complete: nothing was verified again'
  return `${counted(resumed, 'record')} settled before, ${whole(total - statuses.aborted - resumed)} now`
}

/**
 * The command line that goes on with a run that did not come to its end, ready for a shell; nothing for one that did.
 * Where only unsuccessful records are left to do something about, it runs those again.
 */
export function goOnCommand(report: Report, args: readonly string[]): string | undefined {
  const { result, statuses, sourceExhausted, tolerance } = report
  if (result !== 'aborted' && result !== 'failed') return undefined
  // Where something else broke, the journal may know less than the report.
  const isBreachOnly = tolerance?.isExceeded === true && sourceExhausted && statuses.aborted === 0
  const end = args.indexOf('--')
  const options = end < 0 ? args : args.slice(0, end)
  const kept = options.filter((arg) => !/^--(resume(=.*)?|redrive)$/.test(arg))
  const word = isBreachOnly ? '--redrive' : '--resume'
  return ['fanfold', ...kept, word, ...(end < 0 ? [] : args.slice(end))].map(quoted).join(' ')
}
