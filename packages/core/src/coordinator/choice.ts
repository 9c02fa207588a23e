import { hasRoom, roomOf } from './concurrency.ts'
import { answerOf, isUsable } from './readiness.ts'
import type { CoordinatorState, Lane, Piece, RunState } from './state.ts'

/** Fewest lanes first, then who waited longest. */
export function isFairer(run: RunState, than: RunState): boolean {
  return run.lanesInUse === than.lanesInUse ? run.lastDispatch < than.lastDispatch : run.lanesInUse < than.lanesInUse
}

/** Where in its queue the piece is that the run would have on this lane now, or -1. A suspect may need a fresh thread. */
export function nextPiece(state: CoordinatorState, lane: Lane, run: RunState): number {
  if (answerOf(lane, run.verifier) !== 'ready' || !hasRoom(state, run)) return -1
  const suspect = run.queue.findIndex((piece) => piece.alone && mayRun(run, piece))
  if (suspect >= 0 && (lane.isFresh || countFresh(state, run) < countSuspects(state))) return suspect
  return run.queue.findIndex((piece) => !piece.alone && mayRun(run, piece))
}

/**
 * While values beyond the bound wait to be delivered, only the head of the order window may run: the consumer waits for
 * it, and for nothing else. In the order of arrival nothing may: whatever is settled can be taken.
 */
export function mayRun(run: RunState, piece: Piece): boolean {
  if (run.undeliveredBytes < run.settings.maxHeldBytes) return true
  return run.settings.order === 'input' && piece.shard === headShard(run)
}

/** The shard whose next outcome the consumer waits for; `undefined` when that is there to be taken. */
function headShard(run: RunState): number | undefined {
  const [first] = run.shards.values() // those before it are delivered whole
  return first === undefined || first.settled.has(first.delivered) ? undefined : first.id
}

/** Lanes with a fresh thread that the run can use, or that will have one. */
export function countFresh(state: CoordinatorState, run: RunState): number {
  return state.lanes.filter((lane) => {
    const { name } = lane.phase
    if (!isUsable(lane, run.verifier)) return false
    return name === 'opening' || name === 'ending' || (lane.isFresh && (name === 'loading' || name === 'idle'))
  }).length
}

/** Suspects that could run now if there were fresh threads. */
function countSuspects(state: CoordinatorState): number {
  let suspects = 0
  for (const run of state.runs.values()) {
    const alone = run.queue.reduce((sum, piece) => sum + (piece.alone ? 1 : 0), 0)
    suspects += Math.min(alone, roomOf(state, run))
  }
  return suspects
}
