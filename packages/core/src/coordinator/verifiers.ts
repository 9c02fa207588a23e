import { FanfoldError } from '@fanfold/workers/protocol'
import type { Concurrency } from '../options.ts'
import type { VerifierId } from './events.ts'
import { answerOf, isUsable, isWanted, whyUnusable } from './readiness.ts'
import { cutShort } from './runs.ts'
import type { CoordinatorState, Lane, VerifierState } from './state.ts'

export function addVerifier(state: CoordinatorState, id: VerifierId, concurrency: Concurrency): void {
  state.verifiers.set(id, { id, concurrency, told: false, removing: false, failures: [], checks: undefined })
  tellReadiness(state, id)
}

/** Runs that use it go on with it; it is torn down when the last of them has ended. */
export function removeVerifier(state: CoordinatorState, id: VerifierId): void {
  const verifier = state.verifiers.get(id)
  if (verifier !== undefined) verifier.removing = true
}

/** Told once, when every lane has an answer: ready with at least one, or unusable. Later, runs fail with the last one. */
export function tellReadiness(state: CoordinatorState, id: VerifierId): void {
  const verifier = state.verifiers.get(id)
  if (verifier === undefined) return
  const error = whyUnusable(state, id)
  if (error !== undefined) {
    tellUnusable(state, verifier, error)
    for (const run of state.runs.values()) {
      if (run.verifier === id) cutShort(state, run, 'now', { how: 'failed', error })
    }
  } else if (!verifier.told && state.lanes.every((lane) => !isUsable(lane, id) || answerOf(lane, id) === 'ready')) {
    verifier.told = true
    state.commands.push({ type: 'verifierReady', verifier: id, failures: verifier.failures })
  }
}

/** Forgets removed verifiers that no lane has, or is about to have. */
export function forgetVerifiers(state: CoordinatorState): void {
  for (const verifier of state.verifiers.values()) {
    if (isWanted(state, verifier) || state.lanes.some((lane) => has(lane, verifier.id))) continue
    const closed = 'the verifier was closed before it was set up on every thread'
    tellUnusable(state, verifier, new FanfoldError('FANFOLD_VERIFIER_CLOSED', closed))
    state.verifiers.delete(verifier.id)
    for (const lane of state.lanes) {
      lane.verifiers.delete(verifier.id)
      if (lane.loadFirst === verifier.id) lane.loadFirst = undefined
    }
    state.commands.push({ type: 'verifierGone', verifier: verifier.id })
  }
}

function has({ phase, verifiers }: Lane, verifier: VerifierId): boolean {
  return verifiers.get(verifier) === 'ready' || (phase.name === 'loading' && phase.verifier === verifier)
}

function tellUnusable(state: CoordinatorState, verifier: VerifierState, error: Error): void {
  if (verifier.told) return
  verifier.told = true
  const failures = verifier.failures.length > 0 ? verifier.failures : [error]
  state.commands.push({ type: 'verifierUnusable', verifier: verifier.id, failures })
}
