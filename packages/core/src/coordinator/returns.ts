import { FanfoldError } from '@fanfold/workers/protocol'
import { explained, struck } from '../policy/circuit-breaker.ts'
import { attemptsOf, charged, isCrash, isRetried } from '../policy/retry.ts'
import type { Charges } from '../policy/retry.ts'
import { chainOf, chargeCheck, retryPolicyOf, runningOf } from './checks.ts'
import type { Running } from './checks.ts'
import { breakCircuit } from './halting.ts'
import { settle, settleAborted } from './outcomes.ts'
import { appendPosition, sizeOf, splitRanges } from './position-set.ts'
import { mayTryAgain, retry, startWaiting, takeOut } from './retries.ts'
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
  const running = runningOf(state, run, end.running).filter(
    ({ position }) => shard?.settled.has(position) === false && !assignment.takenOut.has(position),
  )
  const suspects = running.map(({ position }) => position)
  if (shard === undefined || isEndingNow(run)) {
    returnPiece(state, run, assignment, { suspects })
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
  const isExplained = piece.alone && blame(state, run, shard, assignment, end, running[0])
  const deaths = isExplained ? 0 : piece.deaths + 1
  returnPiece(state, run, assignment, { suspects, isSplit: running.length === 0, deaths })
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
  late: readonly Running[],
  durationMs: number,
): void {
  const { piece, attempt } = assignment
  const shard = run.shards.get(piece.shard)
  if (shard === undefined || late.length === 0 || isEndingNow(run)) return
  if (piece.alone) run.breaker = explained(run.breaker, piece.deaths)
  const checks = chainOf(state, run)
  const timeoutMs = checks?.[late[0]!.check]?.timeoutMs ?? run.settings.timeoutMs
  const error = new FanfoldError(
    'FANFOLD_TASK_TIMED_OUT',
    `the task blocked its thread for longer than its timeout of ${timeoutMs} ms, and the thread was ended. Raise timeoutMs (--timeout) if it is slow, not stuck.`,
  )
  const waits: Waits = new Map()
  const how = { status: 'timedOut', attempts: attempt, retries: assignment.retries, durationMs, error } as const
  for (const running of late) {
    const { position } = running
    if (checks !== undefined) {
      checkEnded(state, run, shard, assignment, { running, failure: 'timeout', durationMs, error }, waits)
      continue
    }
    if (retry(run, shard, assignment, { position, atLeastMs: 0 }, 'timeout', waits)) continue
    settle(state, run, shard, [position, position + 1], how)
  }
  startWaiting(state, run, shard, waits)
}

/** A thread has ended that had nothing but this task, from its start on. @returns whether that explains its deaths */
function blame(
  state: CoordinatorState,
  run: RunState,
  shard: ShardState,
  assignment: Assignment,
  { error: cause, runningMs: durationMs }: ThreadEnd,
  running: Running | undefined,
): boolean {
  const { piece } = assignment
  const position = piece.ranges[0]
  // It was given back before it was begun; or its attempt had ended before the thread did.
  if (position === undefined) return false
  if (shard.settled.has(position) || assignment.takenOut.has(position)) return false
  if (running !== undefined && chainOf(state, run) !== undefined) {
    const waits: Waits = new Map()
    const end: CheckEnd = { running, failure: 'death', durationMs, error: cause }
    const hasEnded = checkEnded(state, run, shard, assignment, end, waits)
    startWaiting(state, run, shard, waits)
    return hasEnded
  }
  const charges = charged(chargesOf(shard, position), 'death')
  shard.charges.set(position, charges)
  if (!isCrash(charges)) return false
  acquitOthers(run, running !== undefined, piece.deaths + 1)
  if (mayTryAgain(run, shard, position) && isRetried(run.settings.retry, charges, 'death')) {
    const waits: Waits = new Map()
    takeOut(run, shard, assignment, { position, atLeastMs: 0, attempts: attemptsOf(charges) }, true, waits)
    startWaiting(state, run, shard, waits)
    return true
  }
  const error = crashed(
    `the task took its thread down${running !== undefined ? '' : ' before it began'}`,
    charges,
    cause,
  )
  const how = { attempts: attemptsOf(charges), retries: assignment.retries, durationMs, error }
  settle(state, run, shard, [position, position + 1], { status: 'crashed', ...how })
  return true
}

/** How a check of a chain has ended with its thread. */
interface CheckEnd {
  readonly running: Running
  readonly failure: 'timeout' | 'death'
  readonly durationMs: number
  readonly error: Error
}

/**
 * It is tried again, or has ended for good; then its task goes on, and comes back with the rest of the piece.
 *
 * @returns `false` after a first death alone, which may still have been somebody else's doing
 */
function checkEnded(
  state: CoordinatorState,
  run: RunState,
  shard: ShardState,
  assignment: Assignment,
  { running, failure, durationMs, error: cause }: CheckEnd,
  waits: Waits,
): boolean {
  const { position, check } = running
  const isDeath = failure === 'death'
  const checks = chainOf(state, run)
  const charges = chargeCheck(shard, running, failure)
  if (isDeath && !isCrash(charges)) return false
  if (isDeath) acquitOthers(run, true, assignment.piece.deaths + 1)
  const attempts = attemptsOf(charges)
  if (mayTryAgain(run, shard, position) && isRetried(retryPolicyOf(checks, check, run), charges, failure)) {
    takeOut(run, shard, assignment, { position, atLeastMs: 0, attempts }, isDeath, waits)
    return true
  }
  const error = isDeath ? crashed(`the check ${checks![check]!.name} took its thread down`, charges, cause) : cause
  const how = { status: isDeath ? ('crashed' as const) : ('timedOut' as const), attempts, durationMs, error }
  state.commands.push({ type: 'settleCheck', run: run.id, shard: shard.id, position, check, ...how })
  return true
}

function crashed(what: string, { death }: Charges, cause: Error): FanfoldError {
  const times = death === 2 ? 'twice' : `${death} times`
  return new FanfoldError('FANFOLD_TASK_CRASHED', `${what}, ${times}: ${cause.message}`, { cause })
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
