import { attemptsOf, backoffMs, charged, isRetried } from '../policy/retry.ts'
import type { Failure } from '../policy/retry.ts'
import type { RunId, ShardId } from './events.ts'
import { appendPosition } from './position-set.ts'
import type { Ranges } from './position-set.ts'
import { chargesOf } from './state.ts'
import type { Assignment, CoordinatorState, Piece, RunState, ShardState } from './state.ts'

/** A downstream may not hold a run up for longer by what it asks for, ms. */
const MAX_RETRY_AFTER_MS = 60_000

/** Positions that begin to wait at once, by how long, ms. */
export type Waits = Map<number, number[]>

/** A task that failed, and how long its next attempt has to wait at least, ms. */
interface FailedTask {
  readonly position: number
  readonly atLeastMs: number
}

/** A task whose executions are charged already: so many. */
interface ChargedTask extends FailedTask {
  readonly attempts: number
}

/** The run goes on, and somebody waits for the task. */
export function mayTryAgain(run: RunState, shard: ShardState, position: number): boolean {
  return run.phase.name === 'running' && !shard.withdrawn.has(position)
}

/** Takes the failed task out of its assignment to be tried again, if its run has a further attempt for it. */
export function retry(
  run: RunState,
  shard: ShardState,
  assignment: Assignment,
  { position, atLeastMs }: FailedTask,
  failure: Exclude<Failure, 'death'>,
  waits: Waits,
): boolean {
  const charges = charged(chargesOf(shard, position), failure)
  if (!mayTryAgain(run, shard, position) || !isRetried(run.settings.retry, charges, failure)) return false
  shard.charges.set(position, charges)
  takeOut(run, shard, assignment, { position, atLeastMs, attempts: attemptsOf(charges) }, false, waits)
  return true
}

export function takeOut(
  run: RunState,
  shard: ShardState,
  assignment: Assignment,
  { position, atLeastMs, attempts }: ChargedTask,
  alone: boolean,
  waits: Waits,
): void {
  assignment.takenOut.add(position)
  shard.waiting.set(position, { alone })
  run.waiting++
  const backoff = backoffMs(run.settings.retry, attempts, run.random())
  const delayMs = Math.max(backoff, Math.min(atLeastMs, MAX_RETRY_AFTER_MS))
  const together = waits.get(delayMs)
  if (together === undefined) waits.set(delayMs, [position])
  else together.push(position)
}

/** One timer for all that wait alike. */
export function startWaiting(state: CoordinatorState, run: RunState, shard: ShardState, waits: Waits): void {
  for (const [delayMs, positions] of waits) {
    const ranges = toRanges(positions)
    state.commands.push({ type: 'waitForRetry', run: run.id, shard: shard.id, ranges, delayMs })
  }
}

/** The wait is over; the tasks go to the front of the queue. */
export function retryDue(state: CoordinatorState, id: RunId, shardId: ShardId, ranges: Ranges): void {
  const run = state.runs.get(id)
  const shard = run?.shards.get(shardId)
  if (run === undefined || shard === undefined) return // all of them were aborted meanwhile
  const together: number[] = []
  for (let i = 0; i < ranges.length; i += 2) {
    for (let position = ranges[i]!; position < ranges[i + 1]!; position++) {
      const waits = shard.waiting.get(position)
      if (waits === undefined) continue
      shard.waiting.delete(position)
      run.waiting--
      if (waits.alone) run.queue.unshift(pieceOf(shard, [position, position + 1], true))
      else appendPosition(together, position)
    }
  }
  if (together.length > 0) run.queue.unshift(pieceOf(shard, together, false))
}

/** Out of the queue; what is tried again goes together with its like, however many timers that took. */
export function takePiece(run: RunState, at: number): Piece {
  const [piece] = run.queue.splice(at, 1)
  if (!piece!.isRetry || piece!.alone) return piece!
  const shard = run.shards.get(piece!.shard)!
  const attempts = attemptsOf(chargesOf(shard, piece!.ranges[0]!))
  const positions: number[] = positionsOf(piece!.ranges)
  const others: Piece[] = []
  for (const other of run.queue) {
    if (isLike(shard, other, attempts)) for (const position of positionsOf(other.ranges)) positions.push(position)
    else others.push(other)
  }
  if (others.length === run.queue.length) return piece!
  run.queue.splice(0, Infinity, ...others)
  return { ...piece!, ranges: toRanges(positions) }
}

/** As many executions are charged to all tasks of a piece. */
function isLike(shard: ShardState, piece: Piece, attempts: number): boolean {
  if (piece.shard !== shard.id || piece.alone || !piece.isRetry) return false
  return attemptsOf(chargesOf(shard, piece.ranges[0]!)) === attempts
}

function pieceOf(shard: ShardState, ranges: Ranges, alone: boolean): Piece {
  return { shard: shard.id, ranges, alone, deaths: 0, isRetry: true }
}

function positionsOf(ranges: Ranges): number[] {
  const positions: number[] = []
  for (let i = 0; i < ranges.length; i += 2) for (let p = ranges[i]!; p < ranges[i + 1]!; p++) positions.push(p)
  return positions
}

function toRanges(positions: number[]): number[] {
  const ranges: number[] = []
  for (const position of positions.sort((a, b) => a - b)) appendPosition(ranges, position)
  return ranges
}
