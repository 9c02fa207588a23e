import { FanfoldError } from '@fanfold/workers/protocol'
import type { RunId, RunSettings, ShardRead, VerifierId } from './events.ts'
import { settle, settleAborted } from './outcomes.ts'
import { whyUnusable } from './readiness.ts'
import { newRun, newShard } from './state.ts'
import type { CoordinatorState, RunState } from './state.ts'

export function runAdded(state: CoordinatorState, id: RunId, verifier: VerifierId, settings: RunSettings): void {
  const run = newRun(id, verifier, settings)
  state.runs.set(id, run)
  const isClosed = state.verifiers.get(verifier)?.removing ?? true
  const error = isClosed
    ? new FanfoldError('FANFOLD_VERIFIER_CLOSED', 'the verifier was closed before the run began')
    : whyUnusable(state, verifier)
  if (error !== undefined) failRun(state, run, error)
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
  const all = [0, event.tasks]
  if (event.unreadable !== undefined)
    settle(state, run, shard, all, { status: 'errored', attempts: 0, error: event.unreadable })
  else run.queue.push({ shard: shard.id, ranges: all, alone: false })
}

export function sourceEnded(state: CoordinatorState, id: RunId, failure: Error | undefined): void {
  const run = state.runs.get(id)
  if (run === undefined || run.source !== 'reading') return
  run.source = 'exhausted'
  run.sourceFailure = failure
}

/** What is running gets its signal; what is not is `aborted`. */
export function cancelRequested(state: CoordinatorState, id: RunId, error: Error): void {
  const run = state.runs.get(id)
  if (run === undefined || run.phase.name !== 'running' || run.ended !== undefined) return
  run.phase = { name: 'cancelling', error }
  settleAborted(state, run, run.queue.splice(0), error)
  abortAssignments(state, run)
}

/** Nothing can come of the run any more: tasks that no lane has are `aborted`. */
export function failRun(state: CoordinatorState, run: RunState, error: Error): void {
  if (run.phase.name !== 'running' || run.ended !== undefined) return
  run.phase = { name: 'failing', error }
  settleAborted(state, run, run.queue.splice(0), error)
}

/** Tells the lanes that work for a run which is being cut short. */
export function abortAssignments(state: CoordinatorState, run: RunState): void {
  if (run.phase.name === 'running') return
  for (const { id, phase } of state.lanes) {
    if (phase.name !== 'busy' || phase.assignment.run !== run.id) continue
    state.commands.push({ type: 'abort', lane: id, assignment: phase.assignment.id, reason: run.phase.error })
  }
}

/** Runs whose last task is settled end, once; a run is forgotten when its last outcome is delivered. */
export function endRuns(state: CoordinatorState): void {
  for (const run of state.runs.values()) {
    if (run.ended === undefined && isOver(run)) {
      run.ended =
        run.phase.name === 'cancelling'
          ? { how: 'cancelled', error: run.phase.error }
          : run.phase.name === 'failing'
            ? { how: 'failed', error: run.phase.error }
            : run.sourceFailure !== undefined
              ? { how: 'failed', error: run.sourceFailure }
              : { how: 'finished' }
      const sourceExhausted = run.source === 'exhausted' && run.sourceFailure === undefined
      const { threadsReplaced } = run
      state.commands.push({ type: 'endRun', run: run.id, end: run.ended, sourceExhausted, threadsReplaced })
    }
    if (run.ended !== undefined && run.held === 0) state.runs.delete(run.id)
  }
}

function isOver(run: RunState): boolean {
  if (run.unsettled > 0 || run.lanesInUse > 0) return false
  if (run.phase.name !== 'running') return true
  return run.source === 'exhausted' || (run.source === 'open' && run.tasksRead >= run.settings.limit)
}
