import type { Report } from '@fanfold/core'
import { counted, rate, time, whole } from '../figures.ts'
import { paint } from '../paint.ts'
import { wrap } from '../wrap.ts'
import { withinText } from './breach-text.ts'
import type { Format } from '../options/verify-options.ts'
import { isDoneBefore, verifiedNow } from './resumed-text.ts'

const MARKS: Readonly<Record<Report['result'], [mark: string, style: Parameters<typeof paint>[0]]>> = {
  succeeded: ['✓', ['bold', 'green']],
  partial: ['!', ['bold', 'yellow']],
  failed: ['✗', ['bold', 'red']],
  aborted: ['✗', ['bold', 'yellow']],
}

/** The first line of the summary: how it ended, how much was verified, and how fast. */
export function headline(
  report: Report,
  { format, limit, columns }: { readonly format: Format; readonly limit: number | undefined; readonly columns: number },
): string {
  const { result } = report
  const [mark, style] = MARKS[result]
  const plain = `${mark} ${result}: ${whatCame(report, limit, format === 'files' ? 'file' : 'record')}`
  const [first = '', ...rest] = wrap(plain, Math.max(16, columns - 2))
  const length = mark.length + 1 + result.length
  return [paint(style, first.slice(0, length)) + first.slice(length), ...rest.map((line) => `  ${line}`)].join('\n')
}

function whatCame(report: Report, limit: number | undefined, noun: string): string {
  const { result, total, statuses, sourceExhausted } = report
  const { completed } = statuses
  const isCutShort = !sourceExhausted && (result === 'failed' || result === 'aborted') && total !== limit
  if (total === 0) return isCutShort ? `no ${noun}s were read` : `no ${noun}s`
  // Of an input that was not read to its end, what was read is no measure of what was to be done.
  if (isCutShort) {
    const read = `${whole(total)} ${total === 1 ? 'was' : 'were'} read, the rest of the input was not`
    const rest = completed === total ? 'the rest of the input was not read' : read
    return `${counted(completed, noun)} verified${speedOf(report)}; ${rest}`
  }
  const records = `${limit !== undefined && !sourceExhausted ? 'the first ' : ''}${counted(total, noun)}`
  const all = completed === total ? records : `${whole(completed)} of ${records}`
  const within = withinText(report)
  return `${all} verified${speedOf(report)}${within === undefined ? '' : `, ${within}`}`
}

/** Of a run that was resumed, its time and rate are of what this start has added. */
function speedOf(report: Report): string {
  const { elapsedMs, tasksPerSecond, threads, resumed, statuses, total } = report
  const now = verifiedNow(report)
  if (isDoneBefore(report) || (resumed !== undefined && now === 0)) return ', none of them now'
  const isEachVerified = statuses.completed === total - statuses.aborted
  const part = resumed === undefined ? '' : `, ${whole(now)} ${isEachVerified ? 'of them' : 'run'} now`
  const speed = rate(tasksPerSecond)
  return `${part} in ${time(elapsedMs)}${/^0(\.0)?\/s$/.test(speed) ? '' : `, ${speed}`} on ${counted(threads, 'thread')}`
}
