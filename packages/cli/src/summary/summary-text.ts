import { inspect } from 'node:util'
import type { FirstError, Report, SlowTask } from '@fanfold/core'
import type { Prediction } from '../estimate/for-run.ts'
import { counted, cut, percent, short, time, whole } from '../figures.ts'
import type { Format } from '../options/verify-options.ts'
import { paint } from '../paint.ts'
import { errorLine, messageOf, oneLine } from '../problem.ts'
import { toleratedText } from './breach-text.ts'
import { checksText } from './checks-text.ts'
import { goOnCommand } from './go-on.ts'
import { headline } from './headline.ts'
import { limitText } from './limit-text.ts'
import { LABEL_WIDTH, labelled, labelledCommand } from './layout.ts'
import { nextStep } from './next-step.ts'
import { predictedText } from './predicted-text.ts'
import { resumedText, verifiedNow } from './resumed-text.ts'
import type { Written } from './next-step.ts'

/** Everything that the summary tells beside the report. */
export interface SummaryContext {
  readonly format: Format
  readonly hasSeveralInputs: boolean
  readonly isFromStdin: boolean
  readonly limit: number | undefined
  readonly written: Written
  /** The arguments of a run that has a journal, and so can go on. */
  readonly command: readonly string[] | undefined
  /** How often a record was to be tried again. */
  readonly retries: number
  /** What was foretold of it. */
  readonly prediction: Prediction | undefined
  readonly verbose: boolean
  /** Of the terminal; `Infinity` for a file or a pipe. */
  readonly columns: number
}

const MOST_REASONS = 5
/** Of fewer durations, shares of them say nothing. */
const LEAST_FOR_SHARES = 20
const MOST_ERRORS = 3

/** What has come of a run, for a person: short, and the most important first. */
export function summaryText(report: Report, context: SummaryContext): string {
  const blocks = [
    headline(report, context),
    counts(report),
    checksText(report.checks, context.columns),
    details(report, context),
    errors(report, context),
    ends(report, context),
  ]
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`
}

function counts({ total, statuses, verdicts }: Report): string {
  const rows: [word: string, count: number, style: Parameters<typeof paint>[0]][] = [
    ['pass', verdicts.pass, 'green'],
    ['flag', verdicts.flag, 'yellow'],
    ['fail', verdicts.fail, 'red'],
    ['errored', statuses.errored, 'magenta'],
    ['timed out', statuses.timedOut, 'magenta'],
    ['crashed', statuses.crashed, 'magenta'],
    ['aborted', statuses.aborted, 'dim'],
  ]
  const shown = rows.filter(([, count]) => count > 0)
  const width = Math.max(...shown.map(([, count]) => whole(count).length), 0)
  return shown
    .map(([word, count, style]) => {
      const share = paint('dim', percent(count, total).padStart(6))
      return `  ${paint(style, word.padEnd(LABEL_WIDTH))}${whole(count).padStart(width)}  ${share}`
    })
    .join('\n')
}

function details(report: Report, context: SummaryContext): string {
  const { reasons, slowest, retries, threadsReplaced } = report
  const rows: string[] = []
  const add = (label: string, text: string): number => rows.push(labelled(label, text, context.columns, 'dim'))
  const named = Object.entries(reasons)
  if (named.length > 0) {
    const shown = named.slice(0, MOST_REASONS).map(([reason, count]) => `${cut(oneLine(reason), 60)} ${short(count)}`)
    if (named.length > MOST_REASONS) shown.push(`${named.length - MOST_REASONS} more`)
    // A record has one reason, and its other checks may have others.
    const whose = report.checks === undefined ? '' : '; one a record, that of its worst check'
    add('reasons', `${shown.join(', ')}${whose}`)
  }
  const [worst] = slowest
  if (worst !== undefined) add('slowest', `${time(worst.durationMs)} at ${placeOf(worst, context)}${shares(report)}`)
  const resumed = resumedText(report)
  if (resumed !== undefined) add('resumed', resumed)
  if (retries > 0) add('retries', counted(retries, 'further attempt'))
  for (const [name, status] of Object.entries(report.limits ?? {}))
    if (status.calls + status.refused > 0) add(cut(oneLine(name), LABEL_WIDTH - 1), limitText(status))
  if (threadsReplaced > 0) add('threads', `${whole(threadsReplaced)} replaced`)
  const tolerated = toleratedText(report)
  if (tolerated !== undefined) add('tolerated', tolerated)
  if (context.prediction !== undefined) add('predicted', predictedText(report, context.prediction))
  return rows.join('\n')
}

/** How the durations are spread, where there are enough of them to say so. */
function shares({ total, statuses, durationMs }: Report): string {
  if (total - statuses.aborted < LEAST_FOR_SHARES) return ''
  return `; half within ${time(durationMs.p50)}, 99% within ${time(durationMs.p99)}`
}

/** The report knows no lines; for those of a single input, the line follows from the index. */
function placeOf({ index, file }: SlowTask, { format, hasSeveralInputs }: SummaryContext): string {
  if (format === 'files' && file !== undefined) return oneLine(file)
  if (hasSeveralInputs || format === 'files') return `index ${index}`
  return format === 'csv' ? `record ${index + 1}` : `line ${index + 1}`
}

function errors(report: Report, { verbose, columns }: SummaryContext): string {
  const { result, failure, statuses, warnings, stuckThreads } = report
  const rows: string[] = []
  // A run that failed says why in a line of its own, after the summary.
  if (result === 'aborted' && failure !== undefined)
    rows.push(labelled('why', oneLine(messageOf(failure)), columns, 'bold'))
  // They are as they came, from all threads.
  const firstErrors = report.firstErrors.toSorted((a, b) => a.index - b.index).slice(0, MOST_ERRORS)
  for (const { error, check, ...where } of firstErrors) {
    const place = errorPlace(where)
    // A place that does not fit beside the text comes in front of it, and what became of the record is beside both.
    const isShort = place.length < LABEL_WIDTH
    const text = [...(isShort ? [] : [place]), ...(check === undefined ? [] : [oneLine(check)]), errorLine(error)].join(
      '  ',
    )
    rows.push(labelled(isShort ? place : ENDS[where.status], text, columns, 'magenta'))
    if (verbose) rows.push(inspect(error))
  }
  const more = statuses.errored + statuses.timedOut + statuses.crashed - firstErrors.length
  if (more > 0 && firstErrors.length > 0) rows.push(labelled('', `and ${whole(more)} more`, columns, 'dim'))
  for (const warning of new Set(warnings)) rows.push(labelled('warning', oneLine(warning), columns, 'yellow'))
  for (const { thread, index } of stuckThreads) {
    const where = index === undefined ? '' : ` at index ${index}`
    rows.push(
      labelled('warning', `thread ${thread} is stuck in native code${where} and could not be ended`, columns, 'yellow'),
    )
  }
  return rows.join('\n')
}

const ENDS: Readonly<Record<FirstError['status'], string>> = {
  errored: 'errored',
  timedOut: 'timed out',
  crashed: 'crashed',
}

function errorPlace({ index, line, file }: Omit<FirstError, 'error'>): string {
  if (line === undefined) return file ?? `index ${index}`
  return file === undefined ? `line ${line}` : `${file}:${line}`
}

function ends(report: Report, { written, command, retries, isFromStdin, format, columns }: SummaryContext): string {
  const rows: string[] = []
  const { out, lines, summary } = written
  const hasWritten = report.resumed === undefined || lines > 0 || verifiedNow(report) > 0
  if (out !== undefined && out !== '-' && hasWritten) {
    const more = report.resumed === undefined ? '' : ' more'
    rows.push(labelled('written', `${out}: ${counted(lines, 'outcome')}${more}`, columns, 'dim'))
  }
  if (summary !== undefined)
    rows.push(labelled(rows.length === 0 ? 'written' : '', `${summary}: the report`, columns, 'dim'))
  const goOn = command === undefined ? undefined : goOnCommand(report, command, retries)
  if (goOn !== undefined) {
    rows.push(labelledCommand('next', goOn, columns, 'cyan'))
    const piped = `with the same ${format === 'files' ? 'paths' : 'records'} piped in again, from their start`
    if (isFromStdin) rows.push(labelled('', piped, columns, 'dim'))
  } else {
    const next = nextStep(report, written, retries)
    if (next !== undefined) rows.push(labelled('next', next, columns, 'cyan'))
  }
  return rows.join('\n')
}
