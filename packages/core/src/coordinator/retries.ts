import { attemptsOf, backoffMs, charged, isRetried } from '../policy/retry.ts'
import type { Failure } from '../policy/retry.ts'
import type { RunId, ShardId } from './events.ts'
import { appendPosition } from './position-set.ts'
import { chargesOf } from './state.ts'
import type { Assignment, CoordinatorState, Piece, RunState, ShardState } from './state.ts'

/** Takes the failed task out of its assignment to be tried again, if its run has a further attempt for it. */
export function retry(
  state: CoordinatorState,
  run: RunState,
  shard: ShardState,
  assignment: Assignment,
  position: number,
  failure: Exclude<Failure, 'death'>,
): boolean {
  const charges = charged(chargesOf(shard, position), failure)
  if (run.phase.name !== 'running' || !isRetried(run.settings.retry, charges, failure)) return false
  shard.charges.set(position, charges)
  waitForRetry(state, run, shard, assignment, position, false)
  return true
}

/** Its executions are charged already. */
export function waitForRetry(
  state: CoordinatorState,
  run: RunState,
  shard: ShardState,
  assignment: Assignment,
  position: number,
  alone: boolean,
): void {
  assignment.takenOut.add(position)
  shard.waiting.set(position, { alone })
  run.waiting++
  const delayMs = backoffMs(run.settings.retry, attemptsOf(chargesOf(shard, position)), run.random())
  state.commands.push({ type: 'waitForRetry', run: run.id, shard: shard.id, position, delayMs })
}

/** The wait is over; the task goes to the front of the queue, together with its like. */
export function retryDue(state: CoordinatorState, id: RunId, shardId: ShardId, position: number): void {
  const run = state.runs.get(id)
  const shard = run?.shards.get(shardId)
  const waits = shard?.waiting.get(position)
  if (run === undefined || shard === undefined || waits === undefined) return // it was aborted meanwhile
  shard.waiting.delete(position)
  run.waiting--
  const { alone } = waits
  const like = alone ? -1 : run.queue.findIndex((piece) => isLike(shard, piece, position))
  if (like >= 0) run.queue[like] = { ...run.queue[like]!, ranges: inserted(run.queue[like]!.ranges, position) }
  else run.queue.unshift({ shard: shard.id, ranges: [position, position + 1], alone, deaths: 0, isRetry: true })
}

/** As many executions are charged to all tasks of a piece. */
function isLike(shard: ShardState, piece: Piece, position: number): boolean {
  if (piece.shard !== shard.id || piece.alone || !piece.isRetry) return false
  return attemptsOf(chargesOf(shard, piece.ranges[0]!)) === attemptsOf(chargesOf(shard, position))
}

function inserted(ranges: readonly number[], position: number): number[] {
  const all: number[] = []
  for (let i = 0; i < ranges.length; i += 2) {
    if (position < ranges[i]! && (all.at(-1) ?? -1) <= position) appendPosition(all, position)
    for (let p = ranges[i]!; p < ranges[i + 1]!; p++) appendPosition(all, p)
  }
  if ((all.at(-1) ?? -1) <= position) appendPosition(all, position)
  return all
}
