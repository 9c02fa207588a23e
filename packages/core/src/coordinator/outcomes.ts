import type { Positions } from '@fanfold/workers/protocol'
import { explained } from '../policy/circuit-breaker.ts'
import { attemptsOf } from '../policy/retry.ts'
import type { Settle } from './commands.ts'
import type { Delivered, PartArrived, Unsuccessful } from './events.ts'
import { assignmentOf } from './assignments.ts'
import { sizeOf } from './position-set.ts'
import type { Ranges } from './position-set.ts'
import { chainOf, checkCharges, failedAgain } from './checks.ts'
import { mayTryAgain, retry, startWaiting, takeOut } from './retries.ts'
import type { Waits } from './retries.ts'
import { chargesOf } from './state.ts'
import type { Assignment, CoordinatorState, Piece, RunState, ShardState } from './state.ts'

/** Outcomes came from a lane: those of tasks that have none yet count. */
export function partArrived(state: CoordinatorState, event: PartArrived): void {
  const assignment = assignmentOf(state, event.lane, event.assignment)
  const run = state.runs.get(assignment.run)!
  const shard = run.shards.get(assignment.piece.shard)
  if (shard === undefined) return
  const retried = retryOf(state, run, shard, assignment, event)
  const { fresh, accepted } = accept(shard, event.positions, retried)
  assignment.left -= fresh + retried.size
  if (fresh === 0) return
  run.unsettled -= fresh
  run.hasWorked = true
  run.undeliveredBytes += event.valueBytes
  const { batch, positions, valueBytes } = event
  const { attempt: attempts, retries } = assignment
  const command = { run: run.id, shard: shard.id, batch, positions, attempts, retries, accepted, valueBytes }
  state.commands.push({ type: 'deliver', ...command })
}

function countOf(positions: Positions): number {
  return positions instanceof Uint32Array ? positions.length : positions.count
}

/** Counts those without a verdict; what is to be tried again is not settled, and returned. */
function retryOf(
  state: CoordinatorState,
  run: RunState,
  shard: ShardState,
  assignment: Assignment,
  event: PartArrived,
): ReadonlySet<number> {
  const { piece } = assignment
  const retried = new Set<number>()
  const waits: Waits = new Map()
  for (const unsuccessful of event.unsuccessful) {
    const { position, failure, retryAfterMs } = unsuccessful
    if (shard.settled.has(position)) continue
    if (unsuccessful.checks !== undefined) {
      if (retryChecks(state, run, shard, assignment, event, unsuccessful, waits)) retried.add(position)
      else run.unsuccessful++
      continue
    }
    // Late, and alone: it was this task that had held its thread.
    if (failure === 'timeout' && piece.alone) run.breaker = explained(run.breaker, piece.deaths)
    const task = { position, atLeastMs: retryAfterMs ?? 0 }
    if (failure !== undefined && retry(run, shard, assignment, task, failure, waits)) retried.add(position)
    else run.unsuccessful++
  }
  startWaiting(state, run, shard, waits)
  return retried
}

/** Of a chain: whether some checks of the task are tried again; then what the others came to is kept. */
function retryChecks(
  state: CoordinatorState,
  run: RunState,
  shard: ShardState,
  assignment: Assignment,
  { batch, positions }: PartArrived,
  { position, checks: failed = [] }: Unsuccessful,
  waits: Waits,
): boolean {
  const checks = chainOf(state, run)
  if (failed.some(({ failure }) => failure === 'timeout') && assignment.piece.alone)
    run.breaker = explained(run.breaker, assignment.piece.deaths)
  if (checks === undefined || !mayTryAgain(run, shard, position)) return false
  const again = failedAgain(checks, run, shard, position, failed)
  if (again.length === 0) return false
  const command = { run: run.id, shard: shard.id, position, batch, positions, again: again.map(({ check }) => check) }
  state.commands.push({ type: 'keepChecks', ...command })
  // Where nothing has failed that is tried again, the rest comes back with what has not begun of the assignment.
  if (again.every(({ failure }) => failure === undefined)) return true
  const attempts = Math.max(...again.map(({ check }) => attemptsOf(checkCharges(shard, position, check))))
  const atLeastMs = Math.max(...again.map(({ retryAfterMs = 0 }) => retryAfterMs))
  takeOut(run, shard, assignment, { position, atLeastMs, attempts }, false, waits)
  return true
}

function accept(
  { settled }: ShardState,
  positions: Positions,
  retried: ReadonlySet<number>,
): { fresh: number; accepted: number[] | undefined } {
  if (retried.size === 0 && !(positions instanceof Uint32Array)) {
    const { from, count } = positions
    if (settled.hasNone(from, from + count)) return { fresh: settled.addRange(from, from + count), accepted: undefined }
  }
  const accepted: number[] = []
  const count = countOf(positions)
  for (let ordinal = 0; ordinal < count; ordinal++) {
    const position = positions instanceof Uint32Array ? positions[ordinal]! : positions.from + ordinal
    if (!retried.has(position) && settled.add(position)) accepted.push(ordinal)
  }
  return { fresh: accepted.length, accepted: accepted.length === count ? undefined : accepted }
}

/** Ends those of `ranges` that have no outcome yet without the thread's word. */
export function settle(
  state: CoordinatorState,
  run: RunState,
  shard: ShardState,
  ranges: Ranges,
  how: Pick<Settle, 'status' | 'attempts' | 'error'> & Partial<Pick<Settle, 'durationMs' | 'retries'>>,
): void {
  const missing = shard.settled.missingFrom(ranges)
  if (missing.length === 0) return
  for (let i = 0; i < missing.length; i += 2) shard.settled.addRange(missing[i]!, missing[i + 1]!)
  run.unsettled -= sizeOf(missing)
  if (how.status !== 'aborted') run.unsuccessful += sizeOf(missing)
  state.commands.push({
    type: 'settle',
    run: run.id,
    shard: shard.id,
    ranges: missing,
    durationMs: 0,
    retries: 0,
    ...how,
  })
}

/** Ends pieces that will not run any more. @param attempts - if it is not what was charged to them: one more was made. */
export function settleAborted(
  state: CoordinatorState,
  run: RunState,
  pieces: readonly Pick<Piece, 'shard' | 'ranges'>[],
  error: Error,
  attempts?: number,
): void {
  for (const { shard: id, ranges } of pieces) {
    const shard = run.shards.get(id)!
    const charged = attemptsOf(chargesOf(shard, ranges[0]!))
    settle(state, run, shard, ranges, { status: 'aborted', attempts: attempts ?? charged, error })
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
