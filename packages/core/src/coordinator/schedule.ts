import { MAX_SLOTS } from '@fanfold/workers/protocol'
import { attemptsOf, retriesOf } from '../policy/retry.ts'
import { retire } from './lanes.ts'
import { answerOf, isUsable, isWanted } from './readiness.ts'
import { countUsable, readIfNeeded } from './reading.ts'
import { sizeOf } from './position-set.ts'
import { takePiece } from './retries.ts'
import { hasRoom } from './room.ts'
import { shareOut } from './sharing.ts'
import { chargesOf } from './state.ts'
import type { Assignment, CoordinatorState, Lane, Piece, RunState, VerifierState } from './state.ts'
import { forgetVerifiers } from './verifiers.ts'

/** Lanes end their shards early so that the values made by all of them stay below this share of what a run may hold. */
const VALUE_SHARE = 1 / 4

/** Gives idle lanes something to do, and has sources read. Called after every event. */
export function schedule(state: CoordinatorState): void {
  // What one lane takes can make another one needed: a fresh lane that was there for a suspect has gone to another run.
  while (employAll(state));
  if (state.assignmentsPerLane > 1) lineUpAll(state)
  shareOut(state)
  forgetVerifiers(state)
  for (const run of state.runs.values()) readIfNeeded(state, run)
}

function employAll(state: CoordinatorState): boolean {
  let isAnyEmployed = false
  for (const lane of state.lanes) {
    if (lane.phase.name === 'idle' && employ(state, lane)) isAnyEmployed = true
  }
  return isAnyEmployed
}

function employ(state: CoordinatorState, lane: Lane): boolean {
  if (lane.loadFirst !== undefined && prepare(state, lane, lane.loadFirst)) return true
  for (const verifier of state.verifiers.values()) if (prepare(state, lane, verifier.id)) return true
  let chosen: { run: RunState; at: number } | undefined
  for (const run of state.runs.values()) {
    const at = nextPiece(state, lane, run)
    if (at >= 0 && (chosen === undefined || isFairer(run, chosen.run))) chosen = { run, at }
  }
  if (chosen === undefined) return false
  const { run, at } = chosen
  if (run.queue[at]!.alone && !lane.isFresh) retire(state, lane)
  else dispatch(state, lane, run, takePiece(run, at))
  return true
}

/**
 * Has pieces wait behind what lanes run, so that no thread waits for the main thread's answer. Only where nobody wants
 * the lane itself, once it is free: another run, a suspect, or a verifier that is to be loaded or unloaded.
 */
function lineUpAll(state: CoordinatorState): void {
  const waiting = [...state.runs.values()].filter(({ queue }) => queue.length > 0)
  const [run] = waiting
  if (run === undefined || waiting.length > 1 || run.phase.name !== 'running' || run.ended !== undefined) return
  // Where nothing is known of the cost, what waits may wait for long.
  if (run.cost.msPerTask === undefined || run.queue.some(({ alone }) => alone)) return
  for (const lane of state.lanes) lineUp(state, lane, run)
}

function lineUp(state: CoordinatorState, lane: Lane, run: RunState): void {
  const { phase } = lane
  if (phase.name !== 'busy' || phase.behind !== undefined || phase.assignment.run !== run.id) return
  const { isStopped, piece: first } = phase.assignment
  if (isStopped || first.alone || lane.isWornOut || lane.loadFirst !== undefined) return
  for (const verifier of state.verifiers.values()) if (toPrepare(state, lane, verifier) !== undefined) return
  // What led to a thread's end, or may end one by being received, has a thread for itself.
  const at = run.queue.findIndex((piece) => !piece.isRetry && piece.deaths === 0 && mayRun(run, piece))
  if (at < 0) return
  const { concurrency } = phase.assignment
  const behind = send(state, lane, run, takePiece(run, at), concurrency)
  lane.phase = { ...phase, behind }
}

/** Whether a lane has to load a verifier that is wanted, or unload one that is not. */
function toPrepare(state: CoordinatorState, lane: Lane, verifier: VerifierState): 'load' | 'unload' | undefined {
  const answer = answerOf(lane, verifier.id)
  if (answer === 'failed') return undefined
  const wanted = isWanted(state, verifier)
  return wanted === (answer === 'ready') ? undefined : wanted ? 'load' : 'unload'
}

function prepare(state: CoordinatorState, lane: Lane, id: number): boolean {
  const what = toPrepare(state, lane, state.verifiers.get(id)!)
  if (what === undefined) return false
  const wanted = what === 'load'
  lane.phase = { name: wanted ? 'loading' : 'unloading', verifier: id }
  state.commands.push({ type: wanted ? 'loadVerifier' : 'unloadVerifier', lane: lane.id, verifier: id })
  return true
}

/** Fewest lanes first, then who waited longest. */
function isFairer(run: RunState, than: RunState): boolean {
  return run.lanesInUse === than.lanesInUse ? run.lastDispatch < than.lastDispatch : run.lanesInUse < than.lanesInUse
}

/** Where in its queue the piece is that the run would have on this lane now, or -1. A suspect may need a fresh thread. */
export function nextPiece(state: CoordinatorState, lane: Lane, run: RunState): number {
  if (answerOf(lane, run.verifier) !== 'ready' || !hasRoom(run)) return -1
  const suspect = run.queue.findIndex((piece) => piece.alone && mayRun(run, piece))
  if (suspect >= 0 && (lane.isFresh || countFresh(state, run) < countSuspects(state))) return suspect
  return run.queue.findIndex((piece) => !piece.alone && mayRun(run, piece))
}

/**
 * While values beyond the bound wait to be delivered, only the head of the order window may run: the consumer waits for
 * it, and for nothing else. In the order of arrival nothing may: whatever is settled can be taken.
 */
function mayRun(run: RunState, piece: Piece): boolean {
  if (run.undeliveredBytes < run.settings.maxHeldBytes) return true
  return run.settings.order === 'input' && piece.shard === headShard(run)
}

/** The shard whose next outcome the consumer waits for; `undefined` when that is there to be taken. */
function headShard(run: RunState): number | undefined {
  const [first] = run.shards.values() // those before it are delivered whole
  return first === undefined || first.settled.has(first.delivered) ? undefined : first.id
}

/** Lanes with a fresh thread that the run can use, or that will have one. */
export function countFresh(state: CoordinatorState, run: RunState): number {
  return state.lanes.filter((lane) => {
    const { name } = lane.phase
    if (!isUsable(lane, run.verifier)) return false
    return name === 'opening' || name === 'ending' || (lane.isFresh && (name === 'loading' || name === 'idle'))
  }).length
}

/** Suspects that could run now if there were fresh threads. */
function countSuspects(state: CoordinatorState): number {
  let suspects = 0
  for (const { queue, settings, concurrencyInUse } of state.runs.values()) {
    const alone = queue.reduce((sum, piece) => sum + (piece.alone ? 1 : 0), 0)
    suspects += Math.min(alone, settings.concurrency - concurrencyInUse)
  }
  return suspects
}

function dispatch(state: CoordinatorState, lane: Lane, run: RunState, piece: Piece): void {
  const { settings } = run
  const share = Math.min(Math.ceil(settings.concurrency / countUsable(state, run)), MAX_SLOTS)
  const concurrency = piece.alone ? 1 : Math.min(share, settings.concurrency - run.concurrencyInUse)
  const assignment = send(state, lane, run, piece, concurrency)
  lane.phase = { name: 'busy', assignment, behind: undefined }
  lane.isFresh = false
  run.lanesInUse++
  run.concurrencyInUse += concurrency
}

function send(state: CoordinatorState, lane: Lane, run: RunState, piece: Piece, concurrency: number): Assignment {
  const { settings } = run
  const charges = chargesOf(run.shards.get(piece.shard)!, piece.ranges[0]!)
  const assignment: Assignment = {
    id: state.nextAssignment++,
    run: run.id,
    piece,
    left: sizeOf(piece.ranges),
    isStopped: false,
    concurrency,
    attempt: attemptsOf(charges) + 1,
    retries: retriesOf(charges),
    takenOut: new Set<number>(),
  }
  run.lastDispatch = ++state.dispatches
  lane.lastRun = run.id
  if (piece.isRetry) run.retries += sizeOf(piece.ranges)
  state.commands.push({
    type: 'dispatch',
    lane: lane.id,
    assignment: assignment.id,
    run: run.id,
    verifier: run.verifier,
    shard: piece.shard,
    ranges: piece.ranges,
    concurrency,
    timeoutMs: settings.timeoutMs,
    attempt: assignment.attempt,
    alone: piece.alone,
    mayRetry: settings.retry.retries > 0,
    maxValueBytes: Math.ceil((settings.maxHeldBytes * VALUE_SHARE) / countUsable(state, run)),
  })
  return assignment
}
