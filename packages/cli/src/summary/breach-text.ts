import type { Report } from '@fanfold/core'
import { counted, percent, whole } from '../figures.ts'

/**
 * Of a run with more unsuccessful records than it tolerates: how many there were, and what to do.
 *
 * @param hasJournal - so that the unsuccessful can be run again
 */
export function breachText(report: Report, hasJournal: boolean): string {
  const { total, sourceExhausted, tolerance } = report
  const of = sourceExhausted ? counted(total, 'record') : `the ${counted(total, 'record')} read`
  // Resumed as it is, the run would be halted at once: what is settled counts.
  const remedy = `Mend what the first errors name${hasJournal ? ' and --redrive' : ''}, or raise --tolerate.`
  const count = `${whole(tolerance?.unsuccessful ?? 0)} of ${of}`
  return `${count} were unsuccessful, more than --tolerate ${boundOf(report)} allows. ${remedy}`
}

/** How far a run has used up what it tolerates; nothing where it did not have to, or where that was not enough. */
export function toleratedText(report: Report): string | undefined {
  const { tolerance, total } = report
  if (tolerance === undefined || tolerance.isExceeded || tolerance.unsuccessful === 0) return undefined
  const { unsuccessful } = tolerance
  const share = 'percentage' in tolerance ? ` (${percent(unsuccessful, total)})` : ''
  return `${whole(unsuccessful)}${share} of at most ${boundOf(report)}`
}

/** That it is the tolerance which lets a run pass whose records have not all a verdict. */
export function withinText(report: Report): string | undefined {
  const isWithin = report.result === 'partial' && report.tolerance?.isExceeded === false
  return isWithin ? `within --tolerate ${boundOf(report)}` : undefined
}

function boundOf({ tolerance }: Report): string {
  if (tolerance === undefined) return '0'
  return 'count' in tolerance ? String(tolerance.count) : `${tolerance.percentage}%`
}
