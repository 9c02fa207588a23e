import type { Progress } from '@fanfold/core'
import { cut, rate, short, time } from '../figures.ts'
import { paint } from '../paint.ts'
import type { Subject } from './display.ts'
import { shareDone } from './share.ts'

/** What is painted, and its width without the colours. */
interface Part {
  readonly plain: string
  readonly style: Parameters<typeof paint>[0]
}

const GAP = '  '
const LEAST_BAR = 10
const MOST_BAR = 60

/** Two lines that fit a terminal of this width: how far it is, and what has come of it. */
export function barText(progress: Progress | undefined, subject: Subject, columns: number): string {
  if (progress === undefined) return paint('dim', cut(`setting up ${subject.verifier}`, columns))
  return `${wayLine(progress, subject, columns)}\n${countLine(progress, columns)}`
}

function wayLine(progress: Progress, { name, limit }: Subject, columns: number): string {
  const { tasksPerSecond, etaMs, state } = progress
  const share = shareDone(progress, limit)
  const right: Part[] = []
  if (share !== undefined) right.push({ plain: `${Math.floor(share * 100)}%`.padStart(4), style: 'bold' })
  if (columns >= 60) right.push({ plain: rate(tasksPerSecond), style: 'reset' })
  if (etaMs !== undefined && state === 'running' && limit === undefined)
    right.push({ plain: `${time(etaMs)} left`, style: 'dim' })
  if (state === 'waiting') right.push({ plain: 'waits for the reader', style: 'yellow' })
  if (state === 'ending') right.push({ plain: 'ending', style: 'yellow' })
  const used = right.reduce((sum, { plain }) => sum + GAP.length + plain.length, 0)
  const tail = right.map(({ plain, style }) => GAP + paint(style, plain)).join('')
  if (share === undefined) return cut(name, columns - used) + tail
  // The name stays as long as it leaves a bar that can be read.
  const title = columns >= 60 ? cut(name, 24) + GAP : ''
  const width = Math.min(MOST_BAR, columns - used - title.length)
  if (width < LEAST_BAR) return tail.trimStart()
  const full = Math.round(share * width)
  return title + paint('green', '━'.repeat(full)) + paint('dim', '─'.repeat(width - full)) + tail
}

/** As many counts as fit, the most telling first. */
function countLine({ statuses, verdicts, tasksPerSecond }: Progress, columns: number): string {
  const done = statuses.completed + statuses.errored + statuses.timedOut + statuses.crashed
  const parts: Part[] = [{ plain: `${short(done)} done`, style: 'reset' }]
  const add = (count: number, word: string, style: Part['style']): void => {
    if (count > 0) parts.push({ plain: `${short(count)} ${word}`, style })
  }
  add(verdicts.pass, 'pass', 'green')
  add(verdicts.flag, 'flag', 'yellow')
  add(verdicts.fail, 'fail', 'red')
  add(statuses.errored, 'errored', 'magenta')
  add(statuses.timedOut, 'timed out', 'magenta')
  add(statuses.crashed, 'crashed', 'magenta')
  add(statuses.aborted, 'aborted', 'dim')
  if (columns < 60) parts.push({ plain: rate(tasksPerSecond), style: 'dim' })
  return fit(parts, columns)
}

function fit(parts: readonly Part[], columns: number): string {
  let used = 0
  let text = ''
  for (const { plain, style } of parts) {
    const gap = used === 0 ? '' : GAP
    if (used + gap.length + plain.length > columns) continue
    used += gap.length + plain.length
    text += gap + paint(style, plain)
  }
  return text
}
