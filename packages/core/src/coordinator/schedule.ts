import { MAX_SLOTS } from '@fanfold/workers/protocol'
import { shardSize } from '../policy/shard-size.ts'
import { retire } from './lanes.ts'
import type { CoordinatorState, Lane, Piece, RunState } from './state.ts'

/** A lane ends its shard early when the values it made exceed this share of what a run may hold. */
const VALUE_SHARE = 4

/** Gives idle lanes something to do, and has sources read. Called after every event. */
export function schedule(state: CoordinatorState): void {
  for (const lane of state.lanes) if (lane.phase.name === 'idle') employ(state, lane)
  for (const verifier of state.verifiers.values()) {
    if (!verifier.removing || state.lanes.some((lane) => lane.verifiers.get(verifier.id) === 'ready')) continue
    state.verifiers.delete(verifier.id)
    for (const lane of state.lanes) lane.verifiers.delete(verifier.id)
    state.commands.push({ type: 'verifierGone', verifier: verifier.id })
  }
  for (const run of state.runs.values()) if (wantsToRead(state, run)) read(state, run)
}

function employ(state: CoordinatorState, lane: Lane): void {
  for (const verifier of state.verifiers.values()) {
    const answer = lane.verifiers.get(verifier.id)
    if (verifier.removing && answer === 'ready') {
      lane.phase = { name: 'unloading', verifier: verifier.id }
      state.commands.push({ type: 'unloadVerifier', lane: lane.id, verifier: verifier.id })
      return
    }
    if (!verifier.removing && answer === undefined) {
      lane.phase = { name: 'loading', verifier: verifier.id }
      state.commands.push({ type: 'loadVerifier', lane: lane.id, verifier: verifier.id })
      return
    }
  }
  const runs = [...state.runs.values()].filter((run) => lane.verifiers.get(run.verifier) === 'ready' && hasRoom(run))
  // A fresh thread is there for a suspect, if there is one.
  const suspected = runs.find((run) => run.queue[0]?.alone === true)
  if (suspected !== undefined && lane.isFresh) return dispatch(state, lane, suspected, suspected.queue.shift()!)
  if (suspected !== undefined && freshLanesComing(state) < countSuspects(state)) return retire(state, lane)
  const chosen = runs
    .map((run) => ({ run, at: nextPiece(run) }))
    .filter(({ at }) => at >= 0)
    .sort(byFairness)[0]
  if (chosen !== undefined) dispatch(state, lane, chosen.run, chosen.run.queue.splice(chosen.at, 1)[0]!)
}

/** Fewest lanes first, then who waited longest. */
function byFairness(a: { run: RunState }, b: { run: RunState }): number {
  return a.run.lanesInUse - b.run.lanesInUse || a.run.lastDispatch - b.run.lastDispatch
}

function hasRoom(run: RunState): boolean {
  return run.ended === undefined && run.phase.name === 'running' && run.concurrencyInUse < run.settings.concurrency
}

/**
 * The first piece that may run on any thread, or -1. While values wait to be delivered beyond the bound, only the
 * head of the order window may run: the consumer waits for it, and for nothing else.
 */
function nextPiece(run: RunState): number {
  const at = run.queue.findIndex((piece) => !piece.alone)
  if (at < 0 || run.undeliveredBytes < run.settings.maxHeldBytes) return at
  if (run.settings.order === 'arrival') return -1
  const head = headShard(run)
  return run.queue.findIndex((piece) => !piece.alone && piece.shard === head)
}

function headShard(run: RunState): number | undefined {
  for (const shard of run.shards.values()) if (shard.settled.count < shard.tasks) return shard.id
  return undefined
}

function freshLanesComing(state: CoordinatorState): number {
  return state.lanes.filter(({ phase, isFresh }) => {
    if (phase.name === 'opening' || (phase.name === 'ending' && phase.why.name === 'retiring')) return true
    return isFresh && (phase.name === 'loading' || phase.name === 'idle')
  }).length
}

function countSuspects(state: CoordinatorState): number {
  let suspects = 0
  for (const run of state.runs.values()) suspects += run.queue.filter((piece) => piece.alone).length
  return suspects
}

function dispatch(state: CoordinatorState, lane: Lane, run: RunState, piece: Piece): void {
  const { settings } = run
  const lanes = usableLanes(state, run)
  const share = Math.min(Math.ceil(settings.concurrency / lanes), MAX_SLOTS)
  const concurrency = piece.alone ? 1 : Math.min(share, settings.concurrency - run.concurrencyInUse)
  const deaths = piece.alone ? (run.shards.get(piece.shard)!.deaths.get(piece.ranges[0]!) ?? 0) : 0
  const assignment = { id: state.nextAssignment++, run: run.id, piece, concurrency, attempt: deaths + 1 }
  lane.phase = { name: 'busy', assignment }
  lane.isFresh = false
  run.lanesInUse++
  run.concurrencyInUse += concurrency
  run.lastDispatch = ++state.dispatches
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
    maxValueBytes: Math.ceil(settings.maxHeldBytes / VALUE_SHARE),
  })
}

function usableLanes(state: CoordinatorState, run: RunState): number {
  const usable = state.lanes.filter(
    (lane) => lane.phase.name !== 'stuck' && lane.verifiers.get(run.verifier) !== 'failed',
  )
  return Math.max(1, usable.length)
}

function wantsToRead(state: CoordinatorState, run: RunState): boolean {
  if (run.ended !== undefined || run.phase.name !== 'running' || run.source !== 'open') return false
  if (run.tasksRead >= run.settings.limit) return false
  if (run.held === 0) return true
  // One shard more than there are lanes: a lane that becomes idle finds one at once.
  if (run.queue.length > usableLanes(state, run)) return false
  return run.held < run.settings.maxHeldTasks && run.heldBytes + run.undeliveredBytes < run.settings.maxHeldBytes
}

function read(state: CoordinatorState, run: RunState): void {
  const lanes = usableLanes(state, run)
  const size = shardSize({
    cost: run.cost,
    lanes,
    concurrencyPerLane: Math.ceil(run.settings.concurrency / lanes),
    remainingTasks: run.remainingTasks,
    remainingBytes: run.remainingBytes,
  })
  const room = Math.max(1, Math.min(run.settings.maxHeldTasks - run.held, run.settings.limit - run.tasksRead))
  run.source = 'reading'
  state.commands.push({ type: 'read', run: run.id, maxTasks: Math.min(size.maxTasks, room), maxBytes: size.maxBytes })
}
