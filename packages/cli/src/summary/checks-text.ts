import type { CheckReport } from '@fanfold/core'
import { cut, whole } from '../figures.ts'
import { paint } from '../paint.ts'
import { oneLine } from '../problem.ts'
import { LABEL_WIDTH, labelled } from './layout.ts'

interface Column {
  readonly name: string
  readonly style: Parameters<typeof paint>[0]
  readonly countOf: (check: CheckReport) => number
}

/** Of a check's ends, the one that says least is last. */
const COLUMNS: readonly Column[] = [
  { name: 'pass', style: 'green', countOf: ({ verdicts }) => verdicts.pass },
  { name: 'flag', style: 'yellow', countOf: ({ verdicts }) => verdicts.flag },
  { name: 'fail', style: 'red', countOf: ({ verdicts }) => verdicts.fail },
  { name: 'errored', style: 'magenta', countOf: ({ statuses }) => statuses.errored },
  { name: 'timed out', style: 'magenta', countOf: ({ statuses }) => statuses.timedOut },
  { name: 'crashed', style: 'magenta', countOf: ({ statuses }) => statuses.crashed },
  { name: 'skipped', style: 'dim', countOf: ({ statuses }) => statuses.skipped },
  { name: 'aborted', style: 'dim', countOf: ({ statuses }) => statuses.aborted },
]
const MOST_NAME = 24
const GAP = 2

/** Of a chain: how often each check ended in which way, without the ways in which none did. */
export function checksText(checks: Readonly<Record<string, CheckReport>> | undefined, columns: number): string {
  const rows = Object.entries(checks ?? {}).map(([name, check]) => ({ name: cut(oneLine(name), MOST_NAME), check }))
  const shown = COLUMNS.filter(({ countOf }) => rows.some(({ check }) => countOf(check) > 0)).map((column) => {
    const lengths = rows.map(({ check }) => whole(column.countOf(check)).length)
    return { ...column, width: GAP + Math.max(column.name.length, ...lengths) }
  })
  if (rows.length === 0 || shown.length === 0) return ''
  const nameWidth = Math.max(LABEL_WIDTH - GAP, ...rows.map(({ name }) => name.length))
  const width = shown.reduce((sum, column) => sum + column.width, GAP + nameWidth)
  if (width > columns) return rows.map(({ name, check }) => inWords(name, check, columns)).join('\n')
  const head = shown.map(({ name, width: its }) => name.padStart(its)).join('')
  const lines = rows.map(({ name, check }) => {
    const cells = shown.map(({ countOf, style, width: its }) => {
      const count = countOf(check)
      return paint(count === 0 ? 'dim' : style, whole(count).padStart(its))
    })
    return `  ${name.padEnd(nameWidth)}${cells.join('')}`
  })
  return [paint('dim', `  ${'check'.padEnd(nameWidth)}${head}`), ...lines].join('\n')
}

/** For a terminal on which the table has no room. */
function inWords(name: string, check: CheckReport, columns: number): string {
  const said = COLUMNS.flatMap((column) => {
    const count = column.countOf(check)
    return count === 0 ? [] : [`${whole(count)} ${column.name}`]
  })
  const label = cut(name, LABEL_WIDTH - 1)
  return labelled(label, said.join(', '), columns, 'dim')
}
