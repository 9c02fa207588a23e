import { partsOf } from '../policy/shard-size.ts'
import type { AssignmentStopped } from './events.ts'
import { assignmentOf, stop } from './assignments.ts'
import { settleAborted } from './outcomes.ts'
import { cutRanges, sizeOf, splitRanges } from './position-set.ts'
import { hasRoom } from './concurrency.ts'
import { answerOf, countUsable } from './readiness.ts'
import type { Assignment, CoordinatorState, Lane, RunState } from './state.ts'

/**
 * How long a lane has nothing to do before it is given what others have begun, ms. What runs is nearly always over by
 * then, and to be stopped costs the other lane a round trip; a source that has more may bring it meanwhile.
 */
const WAIT_AT_THE_END_MS = 1
const WAIT_FOR_SOURCE_MS = 10

/** What the lane has not started is not its own any more: others may have it at once, however long the rest takes. */
export function assignmentStopped(state: CoordinatorState, event: AssignmentStopped): void {
  const assignment = assignmentOf(state, event.lane, event.assignment)
  const run = state.runs.get(assignment.run)!
  const { piece } = assignment
  const [kept, rest] = cutRanges(piece.ranges, event.from)
  if (rest.length === 0) return
  const { settled } = run.shards.get(piece.shard)!
  for (let i = 0; i < rest.length; i += 2) {
    if (settled.hasNone(rest[i]!, rest[i + 1]!)) continue
    throw new Error(`lane ${event.lane} has settled a task from ${event.from} on, and says that none was started`)
  }
  const tasks = sizeOf(rest)
  assignment.piece = { ...piece, ranges: kept }
  assignment.left -= tasks
  if (run.phase.name !== 'running')
    return settleAborted(state, run, [{ shard: piece.shard, ranges: rest }], run.phase.end.error)
  const parts = splitRanges(rest, partsOf(tasks, run.cost, countUsable(state, run.verifier)))
  run.queue.unshift(...parts.map((ranges) => ({ ...piece, ranges, isRetry: false }))) // as that it was counted before
}

/** Lanes that have nothing to do are given of what others have. Called when all that is queued is with a lane. */
export function shareOut(state: CoordinatorState): void {
  for (const run of state.runs.values()) {
    if (!isInNeed(state, run)) continue
    const { limit, readAhead } = run.settings
    const isAtTheEnd = run.source === 'exhausted' || run.tasksRead >= limit || !readAhead
    // What no thread has begun is taken back for nothing.
    if (isAtTheEnd && stopLargest(state, run, behindOf)) continue
    const delayMs = isAtTheEnd ? WAIT_AT_THE_END_MS : WAIT_FOR_SOURCE_MS
    if (delayMs >= state.sharesIn || largest(state, run, firstOf) === undefined) continue
    state.sharesIn = delayMs
    state.commands.push({ type: 'waitToShare', delayMs })
  }
}

export function shareDue(state: CoordinatorState): void {
  state.sharesIn = Infinity
  for (const run of state.runs.values()) {
    if (isInNeed(state, run) && !stopLargest(state, run, behindOf)) stopLargest(state, run, firstOf)
  }
}

/** A lane could do some of its work, and there is none for it. */
function isInNeed(state: CoordinatorState, run: RunState): boolean {
  if (!hasRoom(state, run) || run.queue.length > 0 || run.undeliveredBytes >= run.settings.maxHeldBytes) return false
  return state.lanes.some((lane) => lane.phase.name === 'idle' && answerOf(lane, run.verifier) === 'ready')
}

type Which = (lane: Lane) => Assignment | undefined

function behindOf({ phase }: Lane): Assignment | undefined {
  return phase.name === 'busy' ? phase.behind : undefined
}

/** What a lane runs, if more than what may be running of it is left. */
function firstOf({ phase }: Lane): Assignment | undefined {
  if (phase.name !== 'busy' || phase.assignment.piece.alone) return undefined
  const { left, concurrency, isFound } = phase.assignment
  return left > (isFound ? 1 : concurrency) ? phase.assignment : undefined
}

function stopLargest(state: CoordinatorState, run: RunState, which: Which): boolean {
  const lane = largest(state, run, which)
  if (lane === undefined) return false
  stop(state, lane, which(lane)!)
  return true
}

/** The lane that has most left of what could be shared. */
function largest(state: CoordinatorState, run: RunState, which: Which): Lane | undefined {
  let most: Lane | undefined
  for (const lane of state.lanes) {
    const assignment = which(lane)
    if (assignment?.run !== run.id || assignment.isStopped || assignment.left === 0) continue
    if (most === undefined || assignment.left > which(most)!.left) most = lane
  }
  return most
}
