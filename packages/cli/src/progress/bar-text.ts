import type { Progress } from '@fanfold/core'
import { cut, rate, short, time } from '../figures.ts'
import { paint } from '../paint.ts'
import { bytesText } from './bytes-text.ts'
import type { Subject } from './display.ts'
import { quietText } from './quiet-text.ts'
import { shareDone } from './share.ts'

/** What is painted, and its width without the colours. */
interface Part {
  readonly plain: string
  readonly style: Parameters<typeof paint>[0]
}

const GAP = '  '
const LEAST_NAME = 4
const LEAST_BAR = 10
const MOST_BAR = 60

/** Lines that fit a terminal of this width: how far it is, what has come of it, and, when nothing happens, why. */
export function barText(progress: Progress | undefined, subject: Subject, columns: number): string {
  if (progress === undefined) return paint('dim', cut(`setting up ${subject.verifier}`, columns))
  const lines = [wayLine(progress, subject, columns), countLine(progress, subject, columns)]
  const quiet = quietText(progress)
  if (quiet !== undefined) lines.push(paint('yellow', cut(quiet, columns)))
  return lines.join('\n')
}

function wayLine(progress: Progress, { name }: Subject, columns: number): string {
  const { tasksPerSecond, etaMs, state, running } = progress
  const share = shareDone(progress)
  const right: Part[] = []
  if (share !== undefined) right.push({ plain: `${Math.floor(share * 100)}%`.padStart(4), style: 'bold' })
  if (columns >= 60) right.push({ plain: rate(tasksPerSecond), style: 'reset' })
  if (etaMs !== undefined && state === 'running')
    right.push({ plain: `${time(Math.max(1000, etaMs))} left`, style: 'dim' })
  if (state === 'waiting') right.push({ plain: 'waits for the reader', style: 'yellow' })
  if (state === 'ending') right.push({ plain: running > 0 ? `finishing ${short(running)}` : 'ending', style: 'yellow' })
  const { text, width } = fit(right, columns)
  const room = columns - width - GAP.length
  if (share === undefined) return room < LEAST_NAME ? text : cut(name, room) + GAP + text
  // The name stays as long as it leaves a bar that can be read.
  const title = columns >= 60 ? cut(name, 24) + GAP : ''
  const length = Math.min(MOST_BAR, room - title.length)
  if (length < LEAST_BAR) return text
  const full = Math.round(share * length)
  return title + paint('green', '━'.repeat(full)) + paint('dim', '─'.repeat(length - full)) + GAP + text
}

/** As many counts as fit, the most telling first. */
function countLine(progress: Progress, { hasFiles = false }: Subject, columns: number): string {
  const { statuses, verdicts, tasksPerSecond, waiting, suspects } = progress
  const done = statuses.completed + statuses.errored + statuses.timedOut + statuses.crashed
  const parts: Part[] = [{ plain: `${short(done)} done`, style: 'reset' }]
  if (hasFiles) parts.push({ plain: bytesText(progress), style: 'reset' })
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
  add(waiting, 'to be tried again', 'yellow')
  add(suspects, suspects === 1 ? 'suspect tried alone' : 'suspects tried alone', 'yellow')
  if (columns < 60) parts.push({ plain: rate(tasksPerSecond), style: 'dim' })
  return fit(parts, columns).text
}

/** Leaves out what does not fit. */
function fit(parts: readonly Part[], columns: number): { readonly text: string; readonly width: number } {
  let width = 0
  let text = ''
  for (const { plain, style } of parts) {
    const gap = width === 0 ? '' : GAP
    if (width + gap.length + plain.length > columns) continue
    width += gap.length + plain.length
    text += gap + paint(style, plain)
  }
  return { text, width }
}
