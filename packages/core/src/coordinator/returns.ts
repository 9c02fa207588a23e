import { FanfoldError } from '@fanfold/workers/protocol'
import { explained, struck } from '../policy/circuit-breaker.ts'
import { attemptsOf, charged, isCrash, isRetried } from '../policy/retry.ts'
import { breakCircuit } from './halting.ts'
import { settle, settleAborted } from './outcomes.ts'
import { appendPosition, sizeOf, splitRanges } from './position-set.ts'
import { retry, startWaiting, takeOut } from './retries.ts'
import type { Waits } from './retries.ts'
import { chargesOf } from './state.ts'
import type { Assignment, CoordinatorState, Piece, RunState, ShardState } from './state.ts'

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
  const running = end.running.filter((at) => shard?.settled.has(at) === false && !assignment.takenOut.has(at))
  if (shard === undefined || isEndingNow(run)) {
    returnPiece(state, run, assignment, { suspects: running })
    return
  }
  if (end.certain) {
    settleLate(state, run, assignment, running, end.runningMs)
    returnPiece(state, run, assignment, { suspects: [] })
    return
  }
  // Of one that has crashed before, and is tried again all the same, nothing else is to be expected.
  const isKnown = piece.alone && piece.isRetry
  if (!isKnown) run.breaker = struck(run.breaker)
  if (piece.alone) blame(state, run, shard, assignment, { ...end, running })
  const deaths = piece.deaths + 1
  returnPiece(state, run, assignment, { suspects: running, isSplit: running.length === 0, deaths })
  // A suspect under investigation may be about to explain what has happened.
  if (!piece.alone || running.length === 0) breakCircuit(state, run, end.error)
}

function isEndingNow({ phase }: RunState): boolean {
  return phase.name === 'ending' && phase.how === 'now'
}

/** The time of these tasks is over, and it was theirs. */
export function settleLate(
  state: CoordinatorState,
  run: RunState,
  assignment: Assignment,
  positions: readonly number[],
  durationMs: number,
): void {
  const { piece, attempt } = assignment
  const shard = run.shards.get(piece.shard)
  if (shard === undefined || positions.length === 0 || isEndingNow(run)) return
  if (piece.alone) run.breaker = explained(run.breaker, piece.deaths)
  const error = new FanfoldError(
    'FANFOLD_TASK_TIMED_OUT',
    `the task blocked its thread for longer than its timeout of ${run.settings.timeoutMs} ms, and the thread was ended. Raise timeoutMs (--timeout) if it is slow, not stuck.`,
  )
  const waits: Waits = new Map()
  const how = { status: 'timedOut', attempts: attempt, retries: assignment.retries, durationMs, error } as const
  for (const position of positions) {
    if (retry(run, shard, assignment, { position, atLeastMs: 0 }, 'timeout', waits)) continue
    settle(state, run, shard, [position, position + 1], how)
  }
  startWaiting(state, run, shard, waits)
}

/** A thread has ended that had nothing but this task, from its start on. */
function blame(
  state: CoordinatorState,
  run: RunState,
  shard: ShardState,
  assignment: Assignment,
  { running, error: cause, runningMs: durationMs }: ThreadEnd,
): void {
  const { piece } = assignment
  const position = piece.ranges[0]
  // It was given back before it was begun; or its attempt had ended before the thread did.
  if (position === undefined) return
  if (shard.settled.has(position) || assignment.takenOut.has(position)) return
  const charges = charged(chargesOf(shard, position), 'death')
  shard.charges.set(position, charges)
  if (!isCrash(charges)) return
  acquitOthers(run, running.length > 0, piece.deaths + 1)
  if (run.phase.name === 'running' && isRetried(run.settings.retry, charges, 'death')) {
    const waits: Waits = new Map()
    takeOut(run, shard, assignment, position, true, waits)
    return startWaiting(state, run, shard, waits)
  }
  const when = running.length > 0 ? '' : ' before it began'
  const times = charges.death === 2 ? 'twice' : `${charges.death} times`
  const message = `the task took its thread down${when}, ${times}: ${cause.message}`
  const error = new FanfoldError('FANFOLD_TASK_CRASHED', message, { cause })
  const how = { attempts: attemptsOf(charges), retries: assignment.retries, durationMs, error }
  settle(state, run, shard, [position, position + 1], { status: 'crashed', ...how })
}

/** Where no task even begins, it is not the tasks: one that did not is a culprit only if others come to their end. */
function acquitOthers(run: RunState, hadBegun: boolean, deaths: number): void {
  if (hadBegun || run.hasWorked) run.breaker = explained(run.breaker, deaths)
  if (!hadBegun) run.hasWorked = false
}

/** An assignment that its thread has not come to. @param deaths - that may have been its */
export function returnUntouched(state: CoordinatorState, assignment: Assignment, deaths: number): void {
  returnPiece(state, state.runs.get(assignment.run)!, assignment, { suspects: [], deaths })
}

interface Returned {
  readonly suspects: readonly number[]
  /** The piece itself is suspect. */
  readonly isSplit?: boolean
  /** That led to what comes back. */
  readonly deaths?: number
}

/**
 * The assignment is over: its suspects run alone, what else it did not settle goes back to the front of the queue, and
 * in a run that is cut short all of that is `aborted`.
 *
 * @returns how many of its tasks have run: those that are settled, and those that are tried again by themselves.
 */
export function returnPiece(
  state: CoordinatorState,
  run: RunState,
  { piece, attempt, takenOut }: Assignment,
  { suspects, isSplit = false, deaths = piece.deaths }: Returned,
): number {
  const { shard, ranges, alone } = piece
  const settled = run.shards.get(shard)?.settled
  if (settled === undefined) return sizeOf(ranges) // settled and delivered to the last task
  const missing = settled.missingFrom(ranges, takenOut)
  const isSuspect = new Set(suspects)
  const rest: number[] = []
  const suspected: Piece[] = []
  for (let i = 0; i < missing.length; i += 2) {
    for (let position = missing[i]!; position < missing[i + 1]!; position++) {
      if (isSuspect.has(position))
        suspected.push({ shard, ranges: [position, position + 1], alone: true, deaths, isRetry: false })
      else appendPosition(rest, position)
    }
  }
  const parts = rest.length === 0 ? [] : isSplit ? splitRanges(rest, PARTS) : [rest]
  const others = parts.map((part) => {
    return { shard, ranges: part, alone: alone || (isSplit && sizeOf(part) === 1), deaths, isRetry: false }
  })
  if (run.phase.name === 'running') run.queue.unshift(...suspected, ...others)
  else {
    settleAborted(state, run, suspected, run.phase.end.error, attempt)
    settleAborted(state, run, others, run.phase.end.error)
  }
  return sizeOf(ranges) - sizeOf(missing)
}
