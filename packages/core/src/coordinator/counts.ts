import type { RunId } from './events.ts'
import { workOf } from './assignments.ts'
import { sizeOf } from './position-set.ts'
import type { CoordinatorState, Piece } from './state.ts'

/** What there is of a run at this moment. */
export interface RunCounts {
  /** Read and not delivered. */
  readonly held: number
  /** Of these, tasks that wait for their next attempt. */
  readonly waiting: number
  /** Of these, tasks that are tried alone, or will be, for one of them has ended or blocked its thread. */
  readonly suspects: number
  /** It was cancelled, has exceeded what it tolerates, or broke, and is not over yet. */
  readonly isCutShort: boolean
}

/** Costs what the queue is long, which does not depend on the size of the batch. */
export function countsOf(state: CoordinatorState, id: RunId): RunCounts {
  const run = state.runs.get(id)
  if (run === undefined) return { held: 0, waiting: 0, suspects: 0, isCutShort: false }
  let suspects = 0
  for (const piece of run.queue) suspects += suspectsIn(piece)
  for (const { phase } of state.lanes) {
    const assignment = workOf(phase)?.assignment
    if (assignment?.run === id && assignment.left > 0) suspects += suspectsIn(assignment.piece)
  }
  return { held: run.held, waiting: run.waiting, suspects, isCutShort: run.phase.name === 'ending' }
}

/** What has crashed before, and is tried again all the same, is none. */
function suspectsIn({ alone, isRetry, ranges }: Piece): number {
  return alone && !isRetry ? sizeOf(ranges) : 0
}
