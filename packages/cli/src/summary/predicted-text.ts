import type { Report } from '@fanfold/core'
import { rangeText } from '../estimate/estimate-text.ts'
import type { Prediction } from '../estimate/for-run.ts'
import { counted, time } from '../figures.ts'

/** `predicted 12.4 s (11.9 to 13.1), actual 12.1 s` */
export function predictedText(report: Report, { ms, tasks, cores }: Prediction): string {
  const { elapsedMs, total } = report
  const many = tasks === total ? '' : ` for ${counted(tasks, 'record')}`
  const elsewhere = cores === undefined ? '' : ` on a machine of ${counted(cores, 'core')}`
  const actual = isComparable(report) ? `actual ${time(elapsedMs)}` : 'of which this run did only a part'
  return `${rangeText(ms)}${many}${elsewhere}, ${actual}`
}

/** What was cut short, or had begun earlier, did not do what was predicted. */
function isComparable({ result, resumed }: Report): boolean {
  return resumed === undefined && (result === 'succeeded' || result === 'partial')
}

/** The same for a program. */
export function predictedJson(report: Report, { ms, tasks }: Prediction): Record<string, unknown> {
  return {
    tasks,
    predictedMs: ms.mid,
    lowMs: ms.low,
    highMs: ms.high,
    ...(isComparable(report) ? { actualMs: report.elapsedMs } : {}),
  }
}
