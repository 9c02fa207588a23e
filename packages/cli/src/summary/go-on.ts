import type { Report } from '@fanfold/core'
import { calledAs } from './called-as.ts'
import { retriesMissing } from './next-step.ts'
import { quoted } from './quoted.ts'

/**
 * The command line that goes on with a run that did not come to its end, or not to a verdict on each record, as words that
 * are ready for a shell; nothing for another. Where nothing is left but the unsuccessful, it runs these again; and so it does
 * after a breach of the tolerance: what is settled counts, so a run that was resumed only would be halted at once.
 */
export function goOnCommand(report: Report, args: readonly string[], retries: number): readonly string[] | undefined {
  const { result, tolerance } = report
  if (result === 'succeeded') return undefined
  const end = args.indexOf('--')
  const options = end < 0 ? args : args.slice(0, end)
  const kept = options.filter((arg) => !/^--(resume(=.*)?|redrive)$/.test(arg))
  const word = result === 'partial' || tolerance?.isExceeded === true ? '--redrive' : '--resume'
  return [
    calledAs(process.env),
    ...[...kept, word, ...retriesMissing(report, retries), ...(end < 0 ? [] : args.slice(end))].map(quoted),
  ]
}
