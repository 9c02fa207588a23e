import { counted, time, whole } from '../figures.ts'
import { paint } from '../paint.ts'
import type { SampleVerdicts } from '../sample-verdicts.ts'
import type { Comparison } from './compare.ts'
import { MEANINGS } from './faults.ts'
import type { Fault } from './faults.ts'

/** The fault took down more than a thread. */
export interface Death {
  readonly fault: Fault
  readonly died: true
}

const MOST_LOST = 3
const WIDTHS = [28, 12, 24]

export function isGood(result: Comparison | Death): boolean {
  return 'became' in result && result.isContained && result.lost.length === 0
}

/** What each fault has done, a line each, and below what was lost. */
export function drillText(results: readonly (Comparison | Death)[], where: string, before: SampleVerdicts): string {
  const heading = [`fault, at ${where}`, 'it became', 'the others'].map((cell, i) => cell.padEnd(WIDTHS[i]!)).join('')
  const lines = results.flatMap((result) => [lineOf(result), ...lostLines(result)])
  const bad = results.filter((result) => !isGood(result)).length
  const verdict =
    bad === 0 ? nothingLost(before) : paint('red', `${bad} of ${results.length} faults cost more than their own record`)
  return `${[paint('bold', heading.trimEnd()), ...lines, '', verdict].join('\n')}\n`
}

/** Below this share of records with a verdict there was little to lose. */
const MANY = 0.5

function nothingLost({ records, withVerdict }: SampleVerdicts): string {
  const text = 'nothing was lost: each fault cost its own record, and no other'
  if (withVerdict >= records * MANY) return paint('green', text)
  const had = `${whole(withVerdict)} of ${counted(records, 'record')}`
  return paint('yellow', `${text}; but only ${had} had a verdict to lose`)
}

function lineOf(result: Comparison | Death): string {
  const what = MEANINGS[result.fault].text.padEnd(WIDTHS[0]!)
  if ('died' in result)
    return `${what}${paint('red', 'the whole process died. --pool processes keeps that to one of them')}`
  const { became, isContained, kept, lost, elapsedMs } = result
  const others = `${whole(kept)} of ${whole(kept + lost.length)} as before`.padEnd(WIDTHS[2]!)
  const style = lost.length === 0 ? 'green' : 'red'
  return `${what}${paint(isContained ? 'green' : 'red', became.padEnd(WIDTHS[1]!))}${paint(style, others)}${time(elapsedMs)}`
}

function lostLines(result: Comparison | Death): string[] {
  if ('died' in result) return []
  const lines = result.lost
    .slice(0, MOST_LOST)
    .map(({ index, before, after }) => `    index ${index}: ${before} before, ${after} now`)
  const more = result.lost.length - lines.length
  return more > 0 ? [...lines, `    and ${whole(more)} more`] : lines
}
