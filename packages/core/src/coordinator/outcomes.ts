import type { Positions } from '@fanfold/workers/protocol'
import type { Delivered, PartArrived, Settle } from './events.ts'
import { sizeOf } from './position-set.ts'
import type { Ranges } from './position-set.ts'
import type { Assignment, CoordinatorState, LanePhase, Piece, RunState, ShardState } from './state.ts'

/** Outcomes came from a lane: those of tasks that have none yet count. */
export function partArrived(state: CoordinatorState, event: PartArrived): void {
  const assignment = assignmentOf(state, event.lane, event.assignment)
  const run = state.runs.get(assignment.run)!
  const shard = run.shards.get(assignment.piece.shard)
  if (shard === undefined) return
  const { fresh, accepted } = accept(shard, event.positions)
  if (fresh === 0) return
  run.unsettled -= fresh
  run.deathsInARow = 0
  run.undeliveredBytes += event.valueBytes
  const { batch, positions, valueBytes } = event
  const attempts = assignment.attempt
  const command = { run: run.id, shard: shard.id, batch, positions, attempts, accepted, valueBytes }
  state.commands.push({ type: 'deliver', ...command })
}

/**
 * The assignment that the lane has, or had when it was told to end.
 *
 * @throws when it is another one: the backend says nothing of one after its end.
 */
export function assignmentOf(state: CoordinatorState, lane: number, id: number): Assignment {
  const { phase } = state.lanes[lane]!
  const assignment = workOf(phase)
  if (assignment?.id === id) return assignment
  throw new Error(`lane ${lane} is ${phase.name} with ${assignment?.id ?? 'no assignment'}, not with ${id}`)
}

export function workOf(phase: LanePhase): Assignment | undefined {
  if (phase.name === 'busy') return phase.assignment
  return phase.name === 'ending' && phase.why.name === 'overdue' ? phase.why.assignment : undefined
}

function accept({ settled }: ShardState, positions: Positions): { fresh: number; accepted: number[] | undefined } {
  if (!(positions instanceof Uint32Array)) {
    const { from, count } = positions
    if (settled.hasNone(from, from + count)) return { fresh: settled.addRange(from, from + count), accepted: undefined }
  }
  const accepted: number[] = []
  const count = positions instanceof Uint32Array ? positions.length : positions.count
  for (let ordinal = 0; ordinal < count; ordinal++) {
    const position = positions instanceof Uint32Array ? positions[ordinal]! : positions.from + ordinal
    if (settled.add(position)) accepted.push(ordinal)
  }
  return { fresh: accepted.length, accepted: accepted.length === count ? undefined : accepted }
}

/** Ends those of `ranges` that have no outcome yet without the thread's word. */
export function settle(
  state: CoordinatorState,
  run: RunState,
  shard: ShardState,
  ranges: Ranges,
  how: Pick<Settle, 'status' | 'attempts' | 'error'> & { readonly durationMs?: number },
): void {
  const missing = shard.settled.missingFrom(ranges)
  if (missing.length === 0) return
  for (let i = 0; i < missing.length; i += 2) shard.settled.addRange(missing[i]!, missing[i + 1]!)
  run.unsettled -= sizeOf(missing)
  state.commands.push({ type: 'settle', run: run.id, shard: shard.id, ranges: missing, durationMs: 0, ...how })
}

/** Ends pieces that will not run any more. @param attempts - of suspects: those that took their threads down. */
export function settleAborted(
  state: CoordinatorState,
  run: RunState,
  pieces: readonly Piece[],
  error: Error,
  attempts?: number,
): void {
  for (const { shard: id, ranges, alone } of pieces) {
    const shard = run.shards.get(id)!
    const deaths = alone ? (shard.deaths.get(ranges[0]!) ?? 0) : 0
    settle(state, run, shard, ranges, { status: 'aborted', attempts: attempts ?? deaths, error })
  }
}

/** The consumer took outcomes: there is room again. */
export function delivered(state: CoordinatorState, event: Delivered): void {
  const run = state.runs.get(event.run)
  const shard = run?.shards.get(event.shard)
  if (run === undefined || shard === undefined) throw new Error(`shard ${event.shard} was delivered whole before`)
  run.held -= event.tasks
  run.undeliveredBytes -= event.valueBytes
  // A part of which only some outcomes count was counted whole.
  if (run.held === run.unsettled) run.undeliveredBytes = 0
  shard.delivered += event.tasks
  if (shard.delivered < shard.tasks) return
  run.heldBytes -= shard.bytes
  run.shards.delete(shard.id)
  state.commands.push({ type: 'releaseShard', run: run.id, shard: shard.id })
}
