import { FanfoldError } from '@fanfold/workers/protocol'
import type { BadEnd, RunEnd } from './commands.ts'
import type { CutShort, RunAdded, RunId, RunUpdated, ShardRead } from './events.ts'
import { stop, workOf } from './assignments.ts'
import { toleranceError } from './breach.ts'
import { mostOf } from './concurrency.ts'
import { settle, settleAborted } from './outcomes.ts'
import { whyUnusable } from './readiness.ts'
import { newRun, newShard } from './state.ts'
import type { CoordinatorState, RunState } from './state.ts'

export function runAdded(state: CoordinatorState, event: RunAdded): void {
  const { run: id, verifier, options } = event
  const run = newRun(id, verifier, options)
  run.remainingTasks = event.remainingTasks
  run.remainingBytes = event.remainingBytes
  state.runs.set(id, run)
  const isClosed = state.verifiers.get(verifier)?.removing ?? true
  const error = isClosed
    ? new FanfoldError('FANFOLD_VERIFIER_CLOSED', 'the verifier was closed before the run began')
    : whyUnusable(state, verifier)
  if (error !== undefined) cutShort(state, run, 'now', { how: 'failed', error })
}

export function shardRead(state: CoordinatorState, event: ShardRead): void {
  const run = state.runs.get(event.run)
  // Read after the run was cut short: it counts as not read.
  if (run === undefined || run.source !== 'reading' || run.phase.name !== 'running') return
  const shard = newShard(run.nextShard++, event.tasks, event.bytes)
  run.shards.set(shard.id, shard)
  state.commands.push({ type: 'keepShard', run: run.id, shard: shard.id, records: event.records })
  run.source = 'open'
  run.tasksRead += event.tasks
  run.unsettled += event.tasks
  run.held += event.tasks
  run.heldBytes += event.bytes
  run.remainingTasks = event.remainingTasks
  run.remainingBytes = event.remainingBytes
  run.gathered = event.gathered
  const all = [0, event.tasks]
  if (event.unreadable !== undefined)
    settle(state, run, shard, all, { status: 'errored', attempts: 0, error: event.unreadable })
  else run.queue.push({ shard: shard.id, ranges: all, alone: false, deaths: 0, isRetry: false })
}

export function sourceEnded(state: CoordinatorState, id: RunId, failure: Error | undefined): void {
  const run = state.runs.get(id)
  if (run === undefined || run.source !== 'reading') return
  run.source = 'exhausted'
  run.sourceFailure = failure
}

/**
 * Other settings hold from now on. Lanes have shards with as much concurrency as was right when these were sent: what
 * they have not started comes back, and goes out anew.
 */
export function runUpdated(state: CoordinatorState, { run: id, concurrency, tolerance }: RunUpdated): void {
  const run = state.runs.get(id)
  if (run === undefined) return
  if (tolerance !== undefined) run.settings = { ...run.settings, tolerance }
  if (concurrency === undefined || concurrency === run.settings.concurrency) return
  run.settings = { ...run.settings, concurrency }
  let out = 0
  for (const lane of state.lanes) {
    const work = workOf(lane.phase)
    if (work?.assignment.run !== id) continue
    out += work.assignment.concurrency
    if (lane.phase.name !== 'busy') continue
    stop(state, lane, work.assignment)
    if (work.behind !== undefined) stop(state, lane, work.behind)
  }
  // Lanes that had more than the share that they get now may still have it beside those that have theirs.
  run.concurrencyBound = concurrency === 'auto' ? mostOf(state, concurrency) + out : Math.max(concurrency, out)
}

/** Whoever wants the run to end. */
export function endRequested(state: CoordinatorState, id: RunId, how: CutShort, end: BadEnd): void {
  const run = state.runs.get(id)
  if (run !== undefined) cutShort(state, run, how, end)
}

/**
 * Ends a run before its time: what no lane has is `aborted`, and the lanes that work for it are told. What was to end
 * soon may still be ended now; a failure is told rather than a cancellation.
 */
export function cutShort(state: CoordinatorState, run: RunState, how: CutShort, end: BadEnd): void {
  if (run.ended !== undefined) return
  const before = run.phase
  if (before.name === 'ending') {
    const isWorse = before.end.how === 'cancelled' && end.how === 'failed'
    const isSooner = before.how === 'soon' && how === 'now'
    if (isWorse || isSooner)
      run.phase = { ...before, how: isSooner ? how : before.how, end: isWorse ? end : before.end }
    if (!isSooner) return
  } else {
    run.phase = { name: 'ending', how, end }
    settleAborted(state, run, run.queue.splice(0), end.error)
    abortWaiting(state, run, end.error)
  }
  for (const lane of state.lanes) {
    const { phase } = lane
    if (phase.name !== 'busy' || phase.assignment.run !== run.id) continue
    const { assignment, behind } = phase
    if (how === 'soon') stop(state, lane, assignment)
    else state.commands.push({ type: 'abort', lane: lane.id, assignment: assignment.id, reason: end.error })
    if (behind !== undefined) stop(state, lane, behind)
  }
}

function abortWaiting(state: CoordinatorState, run: RunState, error: Error): void {
  for (const shard of run.shards.values()) {
    const waiting = [...shard.waiting.keys()].map((position) => ({ shard: shard.id, ranges: [position, position + 1] }))
    shard.waiting.clear()
    settleAborted(state, run, waiting, error)
  }
  run.waiting = 0
}

/** Runs whose last task is settled end, once; a run is forgotten when its last outcome is delivered. */
export function endRuns(state: CoordinatorState): void {
  for (const run of state.runs.values()) {
    if (run.ended === undefined && isOver(run)) {
      run.ended = endOf(run)
      const sourceExhausted = run.source === 'exhausted' && run.sourceFailure === undefined
      const { threadsReplaced, retries } = run
      state.commands.push({ type: 'endRun', run: run.id, end: run.ended, sourceExhausted, threadsReplaced, retries })
    }
    if (run.ended !== undefined && run.held === 0) state.runs.delete(run.id)
  }
}

function endOf(run: RunState): RunEnd {
  if (run.phase.name === 'ending') return run.phase.end
  const error = run.sourceFailure ?? toleranceError(run)
  return error === undefined ? { how: 'finished' } : { how: 'failed', error }
}

function isOver(run: RunState): boolean {
  if (run.unsettled > 0 || run.lanesInUse > 0) return false
  if (run.phase.name !== 'running') return true
  return run.source === 'exhausted' || (run.source === 'open' && run.tasksRead >= run.settings.limit)
}
