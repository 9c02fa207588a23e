import { MAX_ABANDONED } from '@fanfold/workers/protocol'
import { struck, worked } from '../policy/circuit-breaker.ts'
import { isWornOut } from '../policy/recycling.ts'
import { withMeasurement } from '../policy/shard-size.ts'
import type { AssignmentEnded, LaneDied, LaneId, LaneOverdue, Unsendable, VerifierId } from './events.ts'
import { breakCircuit } from './halting.ts'
import { assignmentOf, stop } from './assignments.ts'
import { runningOf } from './checks.ts'
import { permitsLost } from './limits.ts'
import { settle } from './outcomes.ts'
import { returnPiece, returnUntouched, settleLate, threadEnded } from './returns.ts'
import type { Assignment, CoordinatorState, Lane, LanePhase, RunState, VerifierState } from './state.ts'
import { tellReadiness } from './verifiers.ts'

/** Threads of a lane that did not start, in a row: it is given up. */
const MAX_FAILED_STARTS = 3
/** Threads of a lane that ended while they had no task, in a row, and no one to blame: it is given up. */
const MAX_IDLE_DEATHS = 8

export function laneOpened(state: CoordinatorState, id: LaneId): void {
  const lane = inPhase(state, id, 'opening')
  lane.phase = { name: 'idle' }
  lane.failedStarts = 0
}

export function verifierAnswered(
  state: CoordinatorState,
  id: LaneId,
  verifier: VerifierId,
  failure: Error | undefined,
  checks?: VerifierState['checks'],
): void {
  const lane = inPhase(state, id, 'loading')
  lane.phase = { name: 'idle' }
  lane.isBlank = false
  const known = state.verifiers.get(verifier)
  if (known !== undefined && checks !== undefined) known.checks = checks
  if (failure === undefined) answer(lane, verifier, 'ready')
  else fail(state, lane, verifier, failure)
  tellReadiness(state, verifier)
}

export function verifierUnloaded(state: CoordinatorState, id: LaneId, verifier: VerifierId): void {
  const lane = inPhase(state, id, 'unloading')
  lane.verifiers.delete(verifier)
  lane.phase = { name: 'idle' }
}

export function assignmentEnded(state: CoordinatorState, event: AssignmentEnded): void {
  const assignment = assignmentOf(state, event.lane, event.assignment)
  const lane = state.lanes[event.lane]!
  // An overdue lane is being killed already: what it had settled counts, and `laneDied` decides about the rest.
  if (lane.phase.name !== 'busy') return
  const run = state.runs.get(assignment.run)!
  takeOff(state, lane, lane.phase, assignment)
  lane.idleDeaths = 0
  // Alone there is no neighbour whose time it could have been.
  const suspects = runningOf(state, run, event.suspects)
  if (assignment.piece.alone) settleLate(state, run, assignment, suspects, event.busyMs)
  const settled = returnPiece(state, run, assignment, { suspects: suspects.map(({ position }) => position) })
  if (!assignment.piece.alone) {
    run.cost = withMeasurement(run.cost, settled, event.busyMs)
    run.atOnce = event.atOnce
    run.breaker = worked(run.breaker)
  }
  lane.tasks += settled
  lane.isWornOut ||=
    event.abandoned >= MAX_ABANDONED || isWornOut(state.recycling, { tasks: lane.tasks, heapMb: event.heapMb })
  if (lane.isWornOut) replaceSoon(state, lane, run)
}

/** The assignment is not with the lane any more: what waited behind it has its turn. */
function takeOff(
  state: CoordinatorState,
  lane: Lane,
  { assignment: first, behind }: Extract<LanePhase, { name: 'busy' }>,
  gone: Assignment,
): void {
  if (gone === behind) {
    lane.phase = { name: 'busy', assignment: first, behind: undefined }
    return
  }
  leave(state, first)
  if (behind === undefined) {
    lane.phase = { name: 'idle' }
    return
  }
  lane.phase = { name: 'busy', assignment: behind, behind: undefined }
  const run = state.runs.get(behind.run)!
  run.lanesInUse++
  run.concurrencyInUse += behind.concurrency
  const { phase } = run
  if (phase.name === 'ending' && phase.how === 'now')
    state.commands.push({ type: 'abort', lane: lane.id, assignment: behind.id, reason: phase.end.error })
}

/** It occupies its lane no longer, nor what may be running of its run. */
function leave(state: CoordinatorState, { run: id, concurrency }: Assignment): void {
  const run = state.runs.get(id)!
  run.lanesInUse--
  run.concurrencyInUse -= concurrency
}

/** A thread that takes no more work is replaced; what waits in it is given back first. */
function replaceSoon(state: CoordinatorState, lane: Lane, run: RunState): void {
  if (lane.phase.name === 'busy') return stop(state, lane, lane.phase.assignment)
  run.threadsReplaced++
  retire(state, lane)
}

/** Some items could not be sent: they are `errored`, their neighbours go back. */
export function unsendable(state: CoordinatorState, event: Unsendable): void {
  const assignment = assignmentOf(state, event.lane, event.assignment)
  const run = state.runs.get(assignment.run)!
  const shard = run.shards.get(assignment.piece.shard)!
  const lane = state.lanes[event.lane]!
  if (lane.phase.name === 'busy') takeOff(state, lane, lane.phase, assignment)
  for (const { position, error } of event.failures) {
    settle(state, run, shard, [position, position + 1], { status: 'errored', attempts: 0, error })
  }
  returnPiece(state, run, assignment, { suspects: [] })
}

export function laneOverdue(state: CoordinatorState, event: LaneOverdue): void {
  const lane = state.lanes[event.lane]!
  const { phase } = lane
  if (phase.name !== 'busy' || phase.assignment.id !== event.assignment)
    throw new Error(`lane ${lane.id} is ${phase.name} and overdue, not with ${event.assignment}`)
  const { assignment, behind } = phase
  const { running, certain } = event
  lane.phase = { name: 'ending', why: { name: 'overdue', assignment, behind, running, certain } }
  state.commands.push({ type: 'killLane', lane: lane.id })
}

export function laneDied(state: CoordinatorState, event: LaneDied): void {
  const lane = state.lanes[event.lane]!
  const { phase } = lane
  count(state, lane, event.error)
  permitsLost(state, lane.id)
  for (const [verifier, answer] of lane.verifiers) if (answer === 'ready') lane.verifiers.delete(verifier)
  if (event.stuck) lane.phase = { name: 'stuck' }
  else if (lane.failedStarts >= MAX_FAILED_STARTS || lane.idleDeaths >= MAX_IDLE_DEATHS) lose(state, lane, event.error)
  else open(state, lane)
  reopenSomeLane(state)
  const end = { running: event.running, certain: false, runningMs: event.runningMs ?? 0, error: event.error }
  if (phase.name === 'busy') {
    const { assignment, behind } = phase
    leave(state, assignment)
    // To receive it may have been what ended the thread: it does not wait in another one.
    if (behind !== undefined) returnUntouched(state, behind, behind.piece.deaths + 1)
    threadEnded(state, assignment, end)
  } else if (phase.name === 'ending' && phase.why.name === 'overdue') {
    const { assignment, behind, running, certain } = phase.why
    leave(state, assignment)
    if (behind !== undefined) returnUntouched(state, behind, behind.piece.deaths)
    threadEnded(state, assignment, { ...end, running, certain })
  }
  for (const verifier of state.verifiers.keys()) tellReadiness(state, verifier)
}

/** Notes what the lane will not be tried for again, or not much more often. */
function count(state: CoordinatorState, lane: Lane, error: Error): void {
  switch (lane.phase.name) {
    case 'opening':
      lane.failedStarts++
      return
    case 'idle':
    case 'unloading':
      lane.idleDeaths++
      return strikeLastRun(state, lane, error)
    case 'loading':
      return loadEnded(state, lane, lane.phase.verifier, error)
    case 'busy':
    case 'ending':
      return
    case 'stuck':
    case 'lost':
      throw new Error(`lane ${lane.id} died while it was ${lane.phase.name}`)
  }
}

/** What a run has left behind in the thread may have ended it: nobody can say more. */
function strikeLastRun(state: CoordinatorState, lane: Lane, error: Error): void {
  const run = lane.lastRun === undefined ? undefined : state.runs.get(lane.lastRun)
  if (run === undefined) return
  run.breaker = struck(run.breaker)
  breakCircuit(state, run, error)
}

/**
 * The thread did not survive a load. In a blank one only that load can have ended it. In a used one it may have been a
 * timer that another verifier left: the load is repeated, first of all on the next thread.
 */
function loadEnded(state: CoordinatorState, lane: Lane, verifier: VerifierId, error: Error): void {
  // Two that cannot be in one thread would take turns for ever: in the end one is given up, and not the lane.
  if (lane.isBlank || lane.idleDeaths >= MAX_IDLE_DEATHS - 1) return fail(state, lane, verifier, error)
  lane.loadFirst = verifier
  lane.idleDeaths++
}

function fail(state: CoordinatorState, lane: Lane, verifier: VerifierId, error: Error): void {
  answer(lane, verifier, 'failed')
  state.verifiers.get(verifier)?.failures.push(error)
}

function answer(lane: Lane, verifier: VerifierId, how: 'ready' | 'failed'): void {
  lane.verifiers.set(verifier, how)
  if (lane.loadFirst === verifier) lane.loadFirst = undefined
}

export function laneExited(state: CoordinatorState, id: LaneId): void {
  const lane = state.lanes[id]!
  // If it had to be opened all the same, another thread is there by now.
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
  lane.isBlank = true
  lane.isWornOut = false
  lane.tasks = 0
  lane.lastRun = undefined
  state.commands.push({ type: 'openLane', lane: lane.id })
}

function lose(state: CoordinatorState, lane: Lane, error: Error): void {
  lane.phase = { name: 'lost', error }
  for (const verifier of state.verifiers.values()) verifier.failures.push(error)
}

/** A stuck thread's core counts as occupied, unless nothing else would be left to run on. */
function reopenSomeLane(state: CoordinatorState): void {
  if (state.lanes.some(({ phase }) => phase.name !== 'stuck' && phase.name !== 'lost')) return
  const stuck = state.lanes.find(({ phase }) => phase.name === 'stuck')
  if (stuck !== undefined) open(state, stuck)
}

/** @throws when the backend tells something that cannot be. */
function inPhase(state: CoordinatorState, id: LaneId, name: LanePhase['name']): Lane {
  const lane = state.lanes[id]!
  if (lane.phase.name !== name) throw new Error(`lane ${id} is ${lane.phase.name}, not ${name}`)
  return lane
}
