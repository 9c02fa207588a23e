import { chainOf, chargedChecks, mayRetry } from './checks.ts'
import { attemptsOf, retriesOf } from '../policy/retry.ts'
import { retire } from './lanes.ts'
import { isFairer, mayRun, nextPiece } from './choice.ts'
import { dispatchShare, hasRoom, mostOf, setupShare } from './concurrency.ts'
import { answerOf, countUsable, isWanted } from './readiness.ts'
import { readIfNeeded } from './reading.ts'
import { isTurnOf, makeWay, readGathered, waitsForLane } from './requests.ts'
import { sizeOf } from './position-set.ts'
import { takePiece } from './retries.ts'
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
  makeWay(state)
  // A lane that is kept for requests is not idle.
  if (![...state.runs.values()].some(waitsForLane)) {
    if (state.assignmentsPerLane > 1) lineUpAll(state)
    shareOut(state)
  }
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
    if (at < 0 && !(waitsForLane(run) && hasRoom(state, run) && answerOf(lane, run.verifier) === 'ready')) continue
    if (chosen === undefined || isFairer(run, chosen.run)) chosen = { run, at }
  }
  if (chosen === undefined) return false
  const { run, at } = chosen
  if (at < 0) {
    // The lane is kept for what is read now: the answer comes before anything else happens.
    readGathered(state, run)
    return false
  }
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
  // What is running now gives its room up to it; where it is a share that may change, that is the newest.
  const concurrency =
    run.settings.concurrency === 'auto' ? dispatchShare(state, run, lane) : phase.assignment.concurrency
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
  const verifier = state.verifiers.get(id)!
  const what = toPrepare(state, lane, verifier)
  if (what === undefined) return false
  if (what === 'load') {
    const concurrency = setupShare(state, verifier.concurrency, lane)
    state.commands.push({ type: 'loadVerifier', lane: lane.id, verifier: id, concurrency })
  } else state.commands.push({ type: 'unloadVerifier', lane: lane.id, verifier: id })
  lane.phase = { name: what === 'load' ? 'loading' : 'unloading', verifier: id }
  return true
}

function dispatch(state: CoordinatorState, lane: Lane, run: RunState, piece: Piece): void {
  const concurrency = piece.alone ? 1 : dispatchShare(state, run, lane)
  const assignment = send(state, lane, run, piece, concurrency)
  lane.phase = { name: 'busy', assignment, behind: undefined }
  lane.isFresh = false
  run.lanesInUse++
  run.concurrencyInUse += concurrency
}

function send(state: CoordinatorState, lane: Lane, run: RunState, piece: Piece, concurrency: number): Assignment {
  const { settings } = run
  const shard = run.shards.get(piece.shard)!
  const charges = chargesOf(shard, piece.ranges[0]!)
  const checks = chainOf(state, run)
  const isFound = settings.concurrency === 'auto' && !piece.alone
  const assignment: Assignment = {
    id: state.nextAssignment++,
    run: run.id,
    piece,
    left: sizeOf(piece.ranges),
    isStopped: false,
    isTurn: isTurnOf(state, run),
    concurrency,
    isFound,
    attempt: attemptsOf(charges) + 1,
    retries: retriesOf(charges),
    takenOut: new Set<number>(),
  }
  run.lastDispatch = ++state.dispatches
  if (settings.concurrency === 'auto') run.concurrencyBound = Math.max(run.concurrencyBound, mostOf(state, 'auto'))
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
    isFound,
    timeoutMs: settings.timeoutMs,
    attempt: assignment.attempt,
    alone: piece.alone,
    checks: checks?.length ?? 1,
    charged: chargedChecks(checks, shard, piece.ranges),
    mayRetry: mayRetry(checks, run),
    maxValueBytes: Math.ceil((settings.maxHeldBytes * VALUE_SHARE) / countUsable(state, run.verifier)),
  })
  return assignment
}
