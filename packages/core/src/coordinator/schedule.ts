import { MAX_SLOTS } from '@fanfold/workers/protocol'
import { attemptsOf, retriesOf } from '../policy/retry.ts'
import { retire } from './lanes.ts'
import { answerOf, isUsable, isWanted } from './readiness.ts'
import { countUsable, readIfNeeded } from './reading.ts'
import { readGathered, waitsForLane } from './requests.ts'
import { sizeOf } from './position-set.ts'
import { takePiece } from './retries.ts'
import { chargesOf } from './state.ts'
import type { CoordinatorState, Lane, Piece, RunState } from './state.ts'
import { forgetVerifiers } from './verifiers.ts'

/** Lanes end their shards early so that the values made by all of them stay below this share of what a run may hold. */
const VALUE_SHARE = 1 / 4

/** Gives idle lanes something to do, and has sources read. Called after every event. */
export function schedule(state: CoordinatorState): void {
  // What one lane takes can make another one needed: a fresh lane that was there for a suspect has gone to another run.
  while (employAll(state));
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
    if (at < 0 && !(waitsForLane(run) && hasRoom(run) && answerOf(lane, run.verifier) === 'ready')) continue
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

/** Has the lane load a verifier that is wanted, or unload one that is not. */
function prepare(state: CoordinatorState, lane: Lane, id: number): boolean {
  const verifier = state.verifiers.get(id)!
  const answer = answerOf(lane, id)
  if (answer === 'failed') return false
  const wanted = isWanted(state, verifier)
  if (wanted === (answer === 'ready')) return false
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

function hasRoom(run: RunState): boolean {
  return run.ended === undefined && run.phase.name === 'running' && run.concurrencyInUse < run.settings.concurrency
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
  const lanes = countUsable(state, run)
  const share = Math.min(Math.ceil(settings.concurrency / lanes), MAX_SLOTS)
  const concurrency = piece.alone ? 1 : Math.min(share, settings.concurrency - run.concurrencyInUse)
  const charges = chargesOf(run.shards.get(piece.shard)!, piece.ranges[0]!)
  const attempt = attemptsOf(charges) + 1
  const id = state.nextAssignment++
  const assignment = {
    id,
    run: run.id,
    piece,
    concurrency,
    attempt,
    retries: retriesOf(charges),
    takenOut: new Set<number>(),
  }
  lane.phase = { name: 'busy', assignment }
  lane.isFresh = false
  run.lanesInUse++
  run.concurrencyInUse += concurrency
  run.lastDispatch = ++state.dispatches
  lane.lastRun = run.id
  if (piece.isRetry) run.retries += sizeOf(piece.ranges)
  state.commands.push({
    type: 'dispatch',
    lane: lane.id,
    assignment: id,
    run: run.id,
    verifier: run.verifier,
    shard: piece.shard,
    ranges: piece.ranges,
    concurrency,
    timeoutMs: settings.timeoutMs,
    attempt,
    alone: piece.alone,
    mayRetry: settings.retry.retries > 0,
    maxValueBytes: Math.ceil((settings.maxHeldBytes * VALUE_SHARE) / lanes),
  })
}
