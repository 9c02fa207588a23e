import type { Progress } from '@fanfold/core'
import { rate, time, whole } from '../figures.ts'
import { bytesText } from './bytes-text.ts'
import type { Subject } from './display.ts'
import { quietText } from './quiet-text.ts'
import { shareDone } from './share.ts'

/** How far a run is, as a line of a log. */
export function lineText(progress: Progress | undefined, { verifier, hasFiles = false }: Subject): string {
  if (progress === undefined) return `fanfold: setting up ${verifier}`
  const { statuses, verdicts, tasksPerSecond, etaMs, state, waiting, suspects } = progress
  const share = shareDone(progress)
  const parts = [`${whole(statuses.completed + statuses.errored + statuses.timedOut + statuses.crashed)} done`]
  if (share !== undefined) parts[0] += ` (${Math.floor(share * 100)}%)`
  if (hasFiles) parts.push(bytesText(progress))
  parts.push(rate(tasksPerSecond))
  const counts = { ...verdicts, errored: statuses.errored, 'timed out': statuses.timedOut, crashed: statuses.crashed }
  for (const [word, count] of Object.entries(counts)) if (count > 0) parts.push(`${whole(count)} ${word}`)
  if (waiting > 0) parts.push(`${whole(waiting)} to be tried again`)
  if (suspects > 0) parts.push(`${whole(suspects)} ${suspects === 1 ? 'suspect' : 'suspects'} tried alone`)
  if (state === 'waiting') parts.push('waits for the reader of --out')
  else if (etaMs !== undefined && state === 'running') parts.push(`${time(Math.max(1000, etaMs))} left`)
  const quiet = quietText(progress)
  return [parts.join(', '), ...(quiet === undefined ? [] : [quiet])].map((line) => `fanfold: ${line}`).join('\n')
}
