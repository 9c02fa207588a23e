import { styleText } from 'node:util'
import type { Counts } from '../expected-counts.ts'
import type { Checked } from '../plain-loop.ts'
import { tableLines } from './table.ts'

type Format = Parameters<typeof styleText>[0]

/** Colour where the output is a terminal that wants it, plain text elsewhere. */
export function styled(format: Format, text: string): string {
  return styleText(format, text, { stream: process.stdout })
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`
}

export function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

/** Both times beside each other. */
export function timesTable(rows: readonly (readonly [what: string, checked: Checked])[], width: number): string[] {
  const body = rows.map(([what, { judgements, elapsedMs }]) => [
    what,
    seconds(elapsedMs),
    `${whole((judgements.length / elapsedMs) * 1000)} addresses/s`,
  ])
  return tableLines([{ title: '' }, { title: '', align: 'right' }, { title: '', align: 'right' }], body, width).slice(1)
}

/** How many of each verdict, and of each reason, the most frequent first. */
export function countsTable({ verdicts, reasons }: Counts, width: number): string[] {
  const verdictLine = `${styled('green', `${whole(verdicts.pass)} pass`)}, ${styled('yellow', `${whole(verdicts.flag)} flag`)}, ${styled('red', `${whole(verdicts.fail)} fail`)}`
  const sorted = Object.entries(reasons).toSorted(([left, many], [right, few]) => few - many || (left < right ? -1 : 1))
  const lines = tableLines(
    [{ title: '', align: 'right' }, { title: '' }],
    sorted.map(([reason, count]) => [whole(count), reason]),
    width,
  )
  return [verdictLine, ...lines.slice(1)]
}
