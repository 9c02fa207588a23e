import { styleText } from 'node:util'
import type { Counts } from '../expected-counts.ts'
import type { FannedOutRound } from '../fanned-out.ts'
import type { Round } from '../plain-loop.ts'
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

/** The times of both ways beside each other, a column a round, and how they compare. */
export function timesTable(loop: readonly Round[], threads: readonly FannedOutRound[], width: number): string[] {
  const count = threads[0]?.threads ?? 0
  const ratios = loop.map((round, at) => (round.elapsedMs / (threads[at]?.elapsedMs ?? Infinity)).toFixed(2))
  return tableLines(
    [{ title: '' }, { title: 'first run', align: 'right' }, { title: 'again', align: 'right' }],
    [
      ['one at a time, a plain loop in one thread', ...loop.map(timeOf)],
      [`fanned out over ${count} ${count === 1 ? 'thread' : 'threads'}`, ...threads.map(timeOf)],
      ['times as fast', ...ratios],
    ],
    width,
  )
}

function timeOf({ elapsedMs }: Round): string {
  return seconds(elapsedMs)
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
