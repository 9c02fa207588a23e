import { FanfoldError } from '@fanfold/workers/protocol'
import { describeTolerance, isExceeded } from '../policy/tolerance.ts'
import type { Tally } from '../policy/tolerance.ts'
import type { RunState } from './state.ts'

/** Why the run has failed, if more of its tasks were unsuccessful than it tolerates. */
export function toleranceError(run: RunState): FanfoldError | undefined {
  const { tolerance } = run.settings
  const tally = tallyOf(run)
  if (tolerance === undefined || !isExceeded(tolerance, tally)) return undefined
  const { unsuccessful, total, settled } = tally
  const of = total === undefined ? `${settled} so far` : `${total}`
  return new FanfoldError(
    'FANFOLD_TOLERANCE_EXCEEDED',
    `${unsuccessful} of ${of} tasks were unsuccessful, more than the ${describeTolerance(tolerance)} that was tolerated`,
  )
}

function tallyOf(run: RunState): Tally {
  const { unsuccessful, tasksRead, unsettled } = run
  const { resumed } = run.settings
  const total = totalOf(run)
  return {
    unsuccessful,
    settled: resumed.tasks + tasksRead - unsettled,
    total: total === undefined ? undefined : resumed.tasks + total,
  }
}

function totalOf({
  source,
  sourceFailure,
  tasksRead,
  remainingTasks,
  settings: { limit },
}: RunState): number | undefined {
  if (sourceFailure !== undefined) return undefined // nobody knows how much there was
  if (source === 'exhausted' || tasksRead >= limit) return tasksRead
  return remainingTasks === undefined ? undefined : Math.min(limit, tasksRead + remainingTasks)
}
