import { FanfoldError } from '@fanfold/workers/protocol'
import { withMeasurement } from '../policy/shard-size.ts'
import type { AssignmentEnded, LaneDied, LaneId, LaneOverdue, Unsendable, VerifierId } from './events.ts'
import { assignmentOf, settle, settleAborted } from './outcomes.ts'
import { appendPosition, sizeOf } from './position-set.ts'
import { abortAssignments, failRun } from './runs.ts'
import type { Assignment, CoordinatorState, Lane, Piece, RunState } from './state.ts'

/** A thread with so many tasks that never ended is started anew. */
const MAX_ABANDONED = 16
/** A suspect that took its thread down so often, alone, crashed it. */
const DEATHS_OF_A_CRASH = 2
const MAX_FAILED_STARTS = 3
/** Threads that die in a row, a lane, while not one task is settled: nothing will come of going on. */
const DEATHS_PER_LANE = 8

export function laneOpened(state: CoordinatorState, id: LaneId): void {
  const lane = state.lanes[id]!
  if (lane.phase.name !== 'opening') return
  lane.phase = { name: 'idle' }
  lane.isFresh = true
  lane.failedStarts = 0
}

export function verifierAnswered(
  state: CoordinatorState,
  id: LaneId,
  verifier: VerifierId,
  failure: Error | undefined,
): void {
  const lane = state.lanes[id]!
  if (lane.phase.name !== 'loading' || lane.phase.verifier !== verifier) return
  lane.phase = { name: 'idle' }
  lane.verifiers.set(verifier, failure === undefined ? 'ready' : 'failed')
  if (failure !== undefined) state.verifiers.get(verifier)?.failures.push(failure)
  tellReadiness(state, verifier)
}

export function verifierUnloaded(state: CoordinatorState, id: LaneId, verifier: VerifierId): void {
  const lane = state.lanes[id]!
  lane.verifiers.delete(verifier)
  if (lane.phase.name === 'unloading' && lane.phase.verifier === verifier) lane.phase = { name: 'idle' }
}

export function assignmentEnded(state: CoordinatorState, event: AssignmentEnded): void {
  const assignment = assignmentOf(state, event.lane, event.assignment)
  const lane = state.lanes[event.lane]!
  // An overdue lane is being killed already: what it had settled counts, and `laneDied` decides about the rest.
  if (assignment === undefined || lane.phase.name !== 'busy') return
  const run = state.runs.get(assignment.run)!
  lane.phase = { name: 'idle' }
  run.cost = withMeasurement(run.cost, sizeOf(assignment.piece.ranges), event.busyMs)
  returnPiece(state, run, assignment, event.suspects)
  if (event.abandoned >= MAX_ABANDONED) retire(state, lane)
}

/** Some items could not be sent: they are `errored`, their neighbours go back. */
export function unsendable(state: CoordinatorState, event: Unsendable): void {
  const assignment = assignmentOf(state, event.lane, event.assignment)
  if (assignment === undefined) return
  const run = state.runs.get(assignment.run)!
  const shard = run.shards.get(assignment.piece.shard)!
  state.lanes[event.lane]!.phase = { name: 'idle' }
  for (const { position, error } of event.failures) {
    settle(state, run, shard, [position, position + 1], { status: 'errored', attempts: 0, error })
  }
  returnPiece(state, run, assignment, [])
}

export function laneOverdue(state: CoordinatorState, event: LaneOverdue): void {
  const lane = state.lanes[event.lane]!
  if (lane.phase.name !== 'busy' || lane.phase.assignment.id !== event.assignment) return
  const { assignment } = lane.phase
  lane.phase = { name: 'ending', why: { name: 'overdue', assignment, running: event.running, certain: event.certain } }
  state.commands.push({ type: 'killLane', lane: lane.id })
}

export function laneDied(state: CoordinatorState, event: LaneDied): void {
  const lane = state.lanes[event.lane]!
  const { phase } = lane
  const loading = phase.name === 'loading' ? phase.verifier : undefined
  if (phase.name === 'opening') lane.failedStarts++
  if (phase.name === 'busy') died(state, phase.assignment, event)
  if (phase.name === 'ending' && phase.why.name === 'overdue') wasOverdue(state, phase.why)
  for (const [verifier, answer] of lane.verifiers) if (answer === 'ready') lane.verifiers.delete(verifier)
  if (loading !== undefined) {
    lane.verifiers.set(loading, 'failed')
    state.verifiers.get(loading)?.failures.push(event.error)
  }
  if (event.stuck) lane.phase = { name: 'stuck' }
  else if (lane.failedStarts >= MAX_FAILED_STARTS) lose(state, lane, event.error)
  else open(state, lane)
  reopenSomeLane(state)
  for (const verifier of state.verifiers.keys()) tellReadiness(state, verifier)
}

export function laneExited(state: CoordinatorState, id: LaneId): void {
  const lane = state.lanes[id]!
  if (lane.phase.name === 'stuck') open(state, lane)
}

/** Ends a free thread, so that a fresh one takes its place. */
export function retire(state: CoordinatorState, lane: Lane): void {
  lane.phase = { name: 'ending', why: { name: 'retiring' } }
  state.commands.push({ type: 'retireLane', lane: lane.id })
}

export function open(state: CoordinatorState, lane: Lane): void {
  lane.phase = { name: 'opening' }
  lane.isFresh = true
  state.commands.push({ type: 'openLane', lane: lane.id })
}

/** The assignment is over: its suspects run alone, what it did not settle goes back to the front of the queue. */
function returnPiece(
  state: CoordinatorState,
  run: RunState,
  assignment: Assignment,
  suspects: readonly number[],
): void {
  run.lanesInUse--
  run.concurrencyInUse -= assignment.concurrency
  const { shard, ranges, alone } = assignment.piece
  const settled = run.shards.get(shard)?.settled
  if (settled === undefined) return // settled and delivered to the last task
  const isSuspect = new Set(suspects.filter((position) => !settled.has(position)))
  const missing = settled.missingFrom(ranges)
  const rest: number[] = []
  for (let i = 0; i < missing.length; i += 2) {
    for (let p = missing[i]!; p < missing[i + 1]!; p++) if (!isSuspect.has(p)) appendPosition(rest, p)
  }
  const pieces: Piece[] = [...isSuspect].map((p) => ({ shard, ranges: [p, p + 1], alone: true }))
  if (rest.length > 0) pieces.push({ shard, ranges: rest, alone })
  if (run.phase.name === 'running') run.queue.unshift(...pieces)
  else settleAborted(state, run, pieces, run.phase.error)
}

/** The clock of what ran is over. Certain: it is late. Otherwise each may be to blame, and runs alone. */
function wasOverdue(
  state: CoordinatorState,
  why: { assignment: Assignment; running: readonly number[]; certain: boolean },
): void {
  const { assignment, running, certain } = why
  const run = state.runs.get(assignment.run)!
  const shard = run.shards.get(assignment.piece.shard)
  run.threadsReplaced++
  if (shard !== undefined && certain && run.phase.name === 'running') {
    const error = new FanfoldError(
      'FANFOLD_TASK_TIMED_OUT',
      `the task blocked its thread for longer than its timeout of ${run.settings.timeoutMs} ms, and the thread was ended. Raise timeoutMs (--timeout) if it is slow, not stuck.`,
    )
    for (const position of running) {
      settle(state, run, shard, [position, position + 1], { status: 'timedOut', attempts: assignment.attempt, error })
    }
    returnPiece(state, run, assignment, [])
    return
  }
  returnPiece(state, run, assignment, running)
  endlessDeaths(state, run, new FanfoldError('FANFOLD_THREAD_DIED', 'its threads stood still again and again'))
}

/** A thread died by itself. Alone and for the second time, its task crashed it; else its tasks are suspects. */
function died(state: CoordinatorState, assignment: Assignment, event: LaneDied): void {
  const run = state.runs.get(assignment.run)!
  const { piece } = assignment
  const shard = run.shards.get(piece.shard)
  run.threadsReplaced++
  const running = event.running.filter((position) => shard?.settled.has(position) === false)
  if (shard !== undefined && piece.alone && running.length > 0) {
    const position = running[0]!
    const deaths = (shard.deaths.get(position) ?? 0) + 1
    shard.deaths.set(position, deaths)
    if (deaths >= DEATHS_OF_A_CRASH && run.phase.name === 'running') {
      const error = new FanfoldError(
        'FANFOLD_TASK_CRASHED',
        `the task took its thread down, twice: ${event.error.message}`,
        { cause: event.error },
      )
      settle(state, run, shard, [position, position + 1], { status: 'crashed', attempts: deaths, error })
      run.deathsInARow = 0
    }
  }
  returnPiece(state, run, assignment, running)
  endlessDeaths(state, run, event.error)
}

function endlessDeaths(state: CoordinatorState, run: RunState, error: Error): void {
  run.deathsInARow++
  if (run.phase.name !== 'running' || run.deathsInARow < DEATHS_PER_LANE * (state.lanes.length + 1)) return
  const message = `${run.deathsInARow} threads died in a row and not one task was settled between them: ${error.message}`
  failRun(state, run, new FanfoldError('FANFOLD_THREAD_DIED', message, { cause: error }))
  abortAssignments(state, run)
}

function lose(state: CoordinatorState, lane: Lane, error: Error): void {
  lane.phase = { name: 'lost' }
  for (const verifier of state.verifiers.values()) {
    lane.verifiers.set(verifier.id, 'failed')
    verifier.failures.push(error)
  }
}

/** A stuck thread's core counts as occupied, unless nothing else would be left to run on. */
function reopenSomeLane(state: CoordinatorState): void {
  if (state.lanes.some(({ phase }) => phase.name !== 'stuck' && phase.name !== 'lost')) return
  const stuck = state.lanes.find(({ phase }) => phase.name === 'stuck')
  if (stuck !== undefined) open(state, stuck)
}

/** Once every lane has an answer: ready with at least one, or unusable. Later, unusable when the last one fails. */
export function tellReadiness(state: CoordinatorState, id: VerifierId): void {
  const verifier = state.verifiers.get(id)
  if (verifier === undefined) return
  const answers = state.lanes.filter((lane) => lane.phase.name !== 'stuck').map((lane) => lane.verifiers.get(id))
  if (answers.every((answer) => answer === 'failed')) {
    if (!verifier.told) state.commands.push({ type: 'verifierUnusable', verifier: id, failures: verifier.failures })
    verifier.told = true
    const error = verifier.failures[verifier.failures.length - 1]
    for (const run of state.runs.values()) {
      if (run.verifier === id && run.phase.name === 'running' && error !== undefined) failRun(state, run, error)
    }
  } else if (!verifier.told && answers.every((answer) => answer !== undefined)) {
    verifier.told = true
    state.commands.push({ type: 'verifierReady', verifier: id, failures: verifier.failures })
  }
}
