import { FanfoldError } from '@fanfold/workers/protocol'
import { isOpen } from '../policy/circuit-breaker.ts'
import { toleranceError } from './breach.ts'
import { cutShort } from './runs.ts'
import type { CoordinatorState, RunState } from './state.ts'

/** Cuts runs short that have exceeded what they tolerate. Called after every event. */
export function haltRuns(state: CoordinatorState): void {
  for (const run of state.runs.values()) {
    const { halt } = run.settings
    if (halt === 'never' || run.phase.name !== 'running' || run.ended !== undefined) continue
    const error = toleranceError(run)
    if (error !== undefined) cutShort(state, run, halt, { how: 'failed', error })
  }
}

/** Stops a run whose threads keep dying with nobody to blame. */
export function breakCircuit(state: CoordinatorState, run: RunState, cause: Error): void {
  if (run.phase.name !== 'running' || !isOpen(run.breaker, state.lanes.length)) return
  const error = new FanfoldError(
    'FANFOLD_THREAD_DIED',
    `${Math.round(run.breaker.strikes)} threads ended and no task was found to blame, so the run was stopped: a timer or a promise that outlives its task may throw, or threads cannot live here at all. The last one: ${cause.message}`,
    { cause },
  )
  cutShort(state, run, 'now', { how: 'failed', error })
}
