import { requestBatch } from '../policy/request-batch.ts'
import { MAX_SHARD_BYTES } from '../policy/shard-size.ts'
import { FanfoldError } from '@fanfold/workers/protocol'
import { stop } from './assignments.ts'
import type { RunId, TaskWithdrawn } from './events.ts'
import { settleAborted } from './outcomes.ts'
import { isInRanges, sizeOf } from './position-set.ts'
import { answerOf } from './readiness.ts'
import { nextPiece } from './choice.ts'
import { hasRoom, perLane } from './concurrency.ts'
import type { CoordinatorState, Lane, Piece, RunState } from './state.ts'

/** Items wait in a source that does not read ahead, or none do any more. */
export function gathered(state: CoordinatorState, id: RunId, tasks: number): void {
  const run = state.runs.get(id)
  if (run === undefined) return
  run.gathered = tasks
  if (tasks === 0 && run.source === 'reading') run.source = 'open'
}

/** A lane that becomes free is to be kept for what has gathered, as if it were a piece in the queue. */
export function waitsForLane({ source, gathered: waiting }: RunState): boolean {
  return source !== 'exhausted' && waiting > 0
}

/**
 * A lane that works for a batch is stopped for an urgent run that has none: what it runs comes to its end, and the rest
 * waits until the lane is free again. One lane at a time: a batch goes on beside requests, however many they are.
 */
export function makeWay(state: CoordinatorState): void {
  for (const run of state.runs.values()) {
    if (!isUrgentlyWaiting(state, run)) continue
    const lane = laneToStop(state, run)
    if (lane?.phase.name !== 'busy') continue
    if (lane.phase.behind !== undefined) stop(state, lane, lane.phase.behind)
    stop(state, lane, lane.phase.assignment)
  }
}

/** It has no lane, and could use one. */
function isUrgentlyWaiting(state: CoordinatorState, run: RunState): boolean {
  if (!run.settings.isUrgent || run.lanesInUse > 0 || !hasRoom(state, run)) return false
  return run.queue.length > 0 || waitsForLane(run)
}

/** Whether a run gets a lane although an urgent one waits. */
export function isTurnOf(state: CoordinatorState, turn: RunState): boolean {
  for (const run of state.runs.values()) if (run !== turn && isUrgentlyWaiting(state, run)) return true
  return false
}

/** That of a batch which has most left; none while one is stopped already, or free anyway. */
function laneToStop(state: CoordinatorState, run: RunState): Lane | undefined {
  let most: { readonly lane: Lane; readonly left: number } | undefined
  for (const lane of state.lanes) {
    // Were it free, the run would take it: else a batch would be stopped for nothing, again and again.
    if (answerOf(lane, run.verifier) !== 'ready' || !(waitsForLane(run) || nextPiece(state, lane, run) >= 0)) continue
    if (lane.phase.name !== 'busy') return undefined
    const { assignment } = lane.phase
    if (assignment.isStopped) return undefined
    const { piece, left, isTurn } = assignment
    if (piece.alone || (isTurn && left === sizeOf(piece.ranges))) continue
    if (state.runs.get(assignment.run)!.settings.isUrgent) continue
    if (most === undefined || assignment.left > most.left) most = { lane, left: assignment.left }
  }
  return most?.lane
}

/** Has the source give what has gathered, for the lanes that are free. */
export function readGathered(state: CoordinatorState, run: RunState): void {
  if (run.source !== 'open') return
  const { cost, verifier, id } = run
  let lanes = 0
  for (const lane of state.lanes) if (lane.phase.name === 'idle' && answerOf(lane, verifier) === 'ready') lanes++
  run.source = 'reading'
  const { maxTasks, minTasks } = requestBatch(cost, perLane(state, run) ?? 1)
  state.commands.push({ type: 'read', run: id, maxTasks, maxBytes: MAX_SHARD_BYTES, divided: { lanes, minTasks } })
}

/**
 * A task that a lane has is told to end, and its outcome counts as any other: if it takes its thread down, it has to be
 * known as the culprit. Anywhere else it is settled now.
 */
export function taskWithdrawn(
  state: CoordinatorState,
  { run: id, shard: shardId, position, reason }: TaskWithdrawn,
): void {
  const run = state.runs.get(id)
  const shard = run?.shards.get(shardId)
  if (run === undefined || shard === undefined || shard.settled.has(position)) return
  shard.withdrawn.add(position)
  const isWaiting = shard.waiting.delete(position)
  if (isWaiting) run.waiting--
  for (const { id: lane, phase } of isWaiting ? [] : state.lanes) {
    const assignment = phase.name === 'busy' ? phase.assignment : undefined
    if (assignment?.run !== id || !isIn(assignment.piece, shardId, position)) continue
    state.commands.push({ type: 'abortTask', lane, assignment: assignment.id, position, reason })
    return
  }
  const at = run.queue.findIndex((piece) => isIn(piece, shardId, position))
  if (at >= 0) {
    const piece = run.queue[at]!
    const ranges = shard.settled.missingFrom(piece.ranges, new Set([position]))
    run.queue.splice(at, 1, ...(ranges.length === 0 ? [] : [{ ...piece, ranges }]))
  }
  const error = new FanfoldError('FANFOLD_RUN_ABORTED', 'nobody waits for the task any more', { cause: reason })
  settleAborted(state, run, [{ shard: shardId, ranges: [position, position + 1] }], error)
}

function isIn({ shard, ranges }: Piece, shardId: number, position: number): boolean {
  return shard === shardId && isInRanges(ranges, position)
}
