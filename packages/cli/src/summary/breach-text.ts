import type { Report } from '@fanfold/core'
import { counted, percent, whole } from '../figures.ts'

/** Of a run with more unsuccessful records than it tolerates: how many there were, and what to do. */
export function breachText(report: Report): string {
  const { total, sourceExhausted, tolerance } = report
  const of = sourceExhausted ? counted(total, 'record') : `the ${counted(total, 'record')} read`
  const count = `${whole(tolerance?.unsuccessful ?? 0)} of ${of}`
  return `${count} were unsuccessful, more than --tolerate ${boundOf(report)} allows. Mend what the first errors name, or raise it.`
}

/** How far a run has used up what it tolerates; nothing where it did not have to, or where that was not enough. */
export function toleratedText(report: Report): string | undefined {
  const { tolerance, total } = report
  if (tolerance === undefined || tolerance.isExceeded || tolerance.unsuccessful === 0) return undefined
  const { unsuccessful } = tolerance
  const share = 'percentage' in tolerance ? ` (${percent(unsuccessful, total)})` : ''
  return `${whole(unsuccessful)}${share} of at most ${boundOf(report)}`
}

function boundOf({ tolerance }: Report): string {
  if (tolerance === undefined) return '0'
  return 'count' in tolerance ? String(tolerance.count) : `${tolerance.percentage}%`
}
