import type { Assignment, CoordinatorState, Lane, LanePhase } from './state.ts'

/**
 * The assignment that the lane has, or had when it was told to end.
 *
 * @throws when it is another one: the backend says nothing of one after its end.
 */
export function assignmentOf(state: CoordinatorState, lane: number, id: number): Assignment {
  const { phase } = state.lanes[lane]!
  const work = workOf(phase)
  if (work?.assignment.id === id) return work.assignment
  if (work?.behind?.id === id) return work.behind
  throw new Error(`lane ${lane} is ${phase.name} with ${work?.assignment.id ?? 'no assignment'}, not with ${id}`)
}

/** What the lane has, or had when it was told to end: what it runs, and what waits behind that. */
export function workOf(
  phase: LanePhase,
): { readonly assignment: Assignment; readonly behind: Assignment | undefined } | undefined {
  if (phase.name === 'busy') return phase
  return phase.name === 'ending' && phase.why.name === 'overdue' ? phase.why : undefined
}

/** Has a lane start nothing more of an assignment; what it has not started comes back with `stopped`, or its end. */
export function stop(state: CoordinatorState, lane: Lane, assignment: Assignment): void {
  if (assignment.isStopped) return
  assignment.isStopped = true
  state.commands.push({ type: 'stop', lane: lane.id, assignment: assignment.id })
}
