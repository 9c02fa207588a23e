import { FanfoldError } from '@fanfold/workers/protocol'
import { settle, settleAborted } from './outcomes.ts'
import { appendPosition, sizeOf, splitRanges } from './position-set.ts'
import { abortAssignments, failRun } from './runs.ts'
import type { Assignment, CoordinatorState, Piece, RunState, ShardState } from './state.ts'

/** A suspect that took its thread down so often, alone, crashed it. */
const DEATHS_OF_A_CRASH = 2
/** Threads that die in a row, a lane, while not one task is settled: nothing will come of going on. */
const DEATHS_PER_LANE = 8
/** So many pieces are made of one whose thread died for no task that was running. */
const PARTS = 8

/** A thread has ended that was at work. */
export interface ThreadEnd {
  readonly running: readonly number[]
  /** What was running was late, and nothing else can have blocked the thread. */
  readonly certain: boolean
  readonly runningMs: number
  readonly error: Error
}

/**
 * Decides what a thread's end means for what it was about. Certain: what was running is late. Otherwise each may be to
 * blame, and runs alone. When nothing was running, the piece as a whole may be to blame: it is tried in ever smaller
 * ones, so that a record which cannot even be received ends alone too.
 */
export function threadEnded(state: CoordinatorState, assignment: Assignment, end: ThreadEnd): void {
  const run = state.runs.get(assignment.run)!
  const { piece } = assignment
  const shard = run.shards.get(piece.shard)
  run.threadsReplaced++
  const running = end.running.filter((position) => shard?.settled.has(position) === false)
  if (shard === undefined || run.phase.name !== 'running') {
    returnPiece(state, run, assignment, { suspects: running })
    return
  }
  if (end.certain) {
    settleLate(state, run, assignment, running, end.runningMs)
    returnPiece(state, run, assignment, { suspects: [] })
    return
  }
  run.deathsInARow++
  if (piece.alone) blame(state, run, shard, piece.ranges[0]!, { ...end, running })
  returnPiece(state, run, assignment, { suspects: running, isSplit: running.length === 0 })
  if (run.deathsInARow < DEATHS_PER_LANE * (state.lanes.length + 1)) return
  const message = `${run.deathsInARow} threads ended in a row and not one task was settled between them: ${end.error.message}`
  failRun(state, run, new FanfoldError('FANFOLD_THREAD_DIED', message, { cause: end.error }))
  abortAssignments(state, run)
}

/** The time of these tasks is over, and it was theirs. */
export function settleLate(
  state: CoordinatorState,
  run: RunState,
  { piece, attempt }: Assignment,
  positions: readonly number[],
  durationMs: number,
): void {
  const shard = run.shards.get(piece.shard)
  if (shard === undefined || positions.length === 0 || run.phase.name !== 'running') return
  const error = new FanfoldError(
    'FANFOLD_TASK_TIMED_OUT',
    `the task blocked its thread for longer than its timeout of ${run.settings.timeoutMs} ms, and the thread was ended. Raise timeoutMs (--timeout) if it is slow, not stuck.`,
  )
  for (const position of positions) {
    settle(state, run, shard, [position, position + 1], { status: 'timedOut', attempts: attempt, durationMs, error })
  }
  run.deathsInARow = 0
}

/** A thread has ended that had nothing but this task, from its start on. */
function blame(state: CoordinatorState, run: RunState, shard: ShardState, position: number, end: ThreadEnd): void {
  const wasRunning = end.running.length > 0
  const { error: cause, runningMs: durationMs } = end
  if (shard.settled.has(position)) return
  const deaths = (shard.deaths.get(position) ?? 0) + 1
  shard.deaths.set(position, deaths)
  if (deaths < DEATHS_OF_A_CRASH) return
  const when = wasRunning ? '' : ' before it began'
  const message = `the task took its thread down${when}, twice: ${cause.message}`
  const error = new FanfoldError('FANFOLD_TASK_CRASHED', message, { cause })
  settle(state, run, shard, [position, position + 1], { status: 'crashed', attempts: deaths, durationMs, error })
  // Where no task even begins, it is not the tasks; the run fails if that goes on.
  if (wasRunning) run.deathsInARow = 0
}

/**
 * The assignment is over: its suspects run alone, what else it did not settle goes back to the front of the queue, and
 * in a run that is cut short all of that is `aborted`.
 *
 * @returns how many of its tasks are settled.
 */
export function returnPiece(
  state: CoordinatorState,
  run: RunState,
  { piece, concurrency, attempt }: Assignment,
  { suspects, isSplit = false }: { readonly suspects: readonly number[]; readonly isSplit?: boolean },
): number {
  const { shard, ranges, alone } = piece
  run.lanesInUse--
  run.concurrencyInUse -= concurrency
  const settled = run.shards.get(shard)?.settled
  if (settled === undefined) return sizeOf(ranges) // settled and delivered to the last task
  const missing = settled.missingFrom(ranges)
  const isSuspect = new Set(suspects)
  const rest: number[] = []
  const suspected: Piece[] = []
  for (let i = 0; i < missing.length; i += 2) {
    for (let position = missing[i]!; position < missing[i + 1]!; position++) {
      if (isSuspect.has(position)) suspected.push({ shard, ranges: [position, position + 1], alone: true })
      else appendPosition(rest, position)
    }
  }
  const parts = rest.length === 0 ? [] : isSplit ? splitRanges(rest, PARTS) : [rest]
  const others = parts.map((part) => ({ shard, ranges: part, alone: alone || (isSplit && sizeOf(part) === 1) }))
  if (run.phase.name === 'running') run.queue.unshift(...suspected, ...others)
  else {
    settleAborted(state, run, suspected, run.phase.error, attempt)
    settleAborted(state, run, others, run.phase.error)
  }
  return sizeOf(ranges) - sizeOf(missing)
}
