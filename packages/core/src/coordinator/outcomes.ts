import type { Positions } from '@fanfold/workers/protocol'
import type { Delivered, PartArrived, Settle } from './events.ts'
import { sizeOf } from './position-set.ts'
import type { Ranges } from './position-set.ts'
import type { Assignment, CoordinatorState, Piece, RunState, ShardState } from './state.ts'

/** Outcomes came from a lane: those of tasks that have none yet count. */
export function partArrived(state: CoordinatorState, event: PartArrived): void {
  const assignment = assignmentOf(state, event.lane, event.assignment)
  if (assignment === undefined) return
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
  state.commands.push({
    type: 'deliver',
    run: run.id,
    shard: shard.id,
    batch,
    positions,
    attempts,
    accepted,
    valueBytes,
  })
}

/** The assignment that the lane has, or had when it was told to end; late words about others are ignored. */
export function assignmentOf(state: CoordinatorState, lane: number, assignment: number): Assignment | undefined {
  const { phase } = state.lanes[lane]!
  const current =
    phase.name === 'busy'
      ? phase.assignment
      : phase.name === 'ending' && phase.why.name === 'overdue'
        ? phase.why.assignment
        : undefined
  return current?.id === assignment ? current : undefined
}

function accept(shard: ShardState, positions: Positions): { fresh: number; accepted: number[] | undefined } {
  if (!(positions instanceof Uint32Array)) {
    const { from, count } = positions
    if (shard.settled.count === from || !hasAny(shard, from, count)) {
      return { fresh: shard.settled.addRange(from, from + count), accepted: undefined }
    }
  }
  const accepted: number[] = []
  const count = positions instanceof Uint32Array ? positions.length : positions.count
  for (let ordinal = 0; ordinal < count; ordinal++) {
    const position = positions instanceof Uint32Array ? positions[ordinal]! : positions.from + ordinal
    if (shard.settled.add(position)) accepted.push(ordinal)
  }
  return { fresh: accepted.length, accepted: accepted.length === count ? undefined : accepted }
}

function hasAny(shard: ShardState, from: number, count: number): boolean {
  for (let position = from; position < from + count; position++) if (shard.settled.has(position)) return true
  return false
}

/** Ends those of `ranges` that have no outcome yet without the thread's word. */
export function settle(
  state: CoordinatorState,
  run: RunState,
  shard: ShardState,
  ranges: Ranges,
  how: Pick<Settle, 'status' | 'attempts' | 'error'>,
): void {
  const missing = shard.settled.missingFrom(ranges)
  if (missing.length === 0) return
  for (let i = 0; i < missing.length; i += 2) shard.settled.addRange(missing[i]!, missing[i + 1]!)
  run.unsettled -= sizeOf(missing)
  state.commands.push({ type: 'settle', run: run.id, shard: shard.id, ranges: missing, ...how })
}

/** Ends pieces that will not run any more. */
export function settleAborted(state: CoordinatorState, run: RunState, pieces: readonly Piece[], error: Error): void {
  for (const piece of pieces) {
    const shard = run.shards.get(piece.shard)!
    const attempts = Math.max(0, ...[...shard.deaths.values()].filter(() => piece.alone))
    settle(state, run, shard, piece.ranges, { status: 'aborted', attempts, error })
  }
}

/** The consumer took outcomes: there is room again. */
export function delivered(state: CoordinatorState, event: Delivered): void {
  const run = state.runs.get(event.run)
  const shard = run?.shards.get(event.shard)
  if (run === undefined || shard === undefined) return
  run.held -= event.tasks
  run.undeliveredBytes -= event.valueBytes
  shard.delivered += event.tasks
  if (shard.delivered < shard.tasks) return
  run.heldBytes -= shard.bytes
  run.shards.delete(shard.id)
  state.commands.push({ type: 'releaseShard', run: run.id, shard: shard.id })
}
