import type { Report } from '@fanfold/core'
import { calledAs } from './called-as.ts'
import { quoted } from './quoted.ts'

/**
 * The command line that goes on with a run that did not come to its end, as words that are ready for a shell; nothing for
 * one that did. After a breach of the tolerance it runs the unsuccessful again: what is settled counts, so a run that was
 * resumed only would be halted at once.
 */
export function goOnCommand(report: Report, args: readonly string[]): readonly string[] | undefined {
  const { result, tolerance } = report
  if (result !== 'aborted' && result !== 'failed') return undefined
  const end = args.indexOf('--')
  const options = end < 0 ? args : args.slice(0, end)
  const kept = options.filter((arg) => !/^--(resume(=.*)?|redrive)$/.test(arg))
  const word = tolerance?.isExceeded === true ? '--redrive' : '--resume'
  return [calledAs(process.env), ...[...kept, word, ...(end < 0 ? [] : args.slice(end))].map(quoted)]
}
