import type { CheckReport, Report } from '@fanfold/core'
import { counted, cut, short } from '../figures.ts'
import { oneLine } from '../problem.ts'
import { labelled } from './layout.ts'

const MOST_OF_A_NAME = 24

/** Of a chain: how each check ended how often, a line each; nothing for other verifiers. */
export function checksText({ checks = {} }: Report, columns: number): string {
  const rows = Object.entries(checks).map(([name, report]) => [cut(oneLine(name), MOST_OF_A_NAME), report] as const)
  const width = Math.max(...rows.map(([name]) => name.length), 0)
  return rows
    .map(([name, report], at) => {
      const label = at === 0 ? counted(rows.length, 'check') : ''
      return labelled(label, `${name.padEnd(width)}  ${endsText(report)}`, columns, 'dim')
    })
    .join('\n')
}

function endsText({ statuses, verdicts }: CheckReport): string {
  const ends: readonly [count: number, word: string][] = [
    [verdicts.pass, 'pass'],
    [verdicts.flag, 'flag'],
    [verdicts.fail, 'fail'],
    [statuses.errored, 'errored'],
    [statuses.timedOut, 'timed out'],
    [statuses.crashed, 'crashed'],
    [statuses.aborted, 'aborted'],
    [statuses.skipped, 'skipped'],
  ]
  const shown = ends.filter(([count]) => count > 0).map(([count, word]) => `${short(count)} ${word}`)
  return shown.length === 0 ? 'none' : shown.join(', ')
}
