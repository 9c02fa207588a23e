import { FanfoldError } from '@fanfold/workers/protocol'
import type { VerifierId } from './events.ts'
import type { CoordinatorState, Lane, VerifierState } from './state.ts'

/** What a lane has to say about a verifier; `undefined`: it has not been asked. */
export function answerOf(lane: Lane, verifier: VerifierId): 'ready' | 'failed' | undefined {
  return lane.phase.name === 'lost' ? 'failed' : lane.verifiers.get(verifier)
}

/** It is there, or comes to be there, on this lane: tasks may run there. */
export function isUsable(lane: Lane, verifier: VerifierId): boolean {
  return lane.phase.name !== 'stuck' && answerOf(lane, verifier) !== 'failed'
}

/** Lanes on which tasks may run, or will be able to; at least 1. */
export function countUsable({ lanes }: CoordinatorState, verifier: VerifierId): number {
  let usable = 0
  for (const lane of lanes) if (isUsable(lane, verifier)) usable++
  return Math.max(1, usable)
}

export function isWanted(state: CoordinatorState, verifier: VerifierState): boolean {
  if (!verifier.removing) return true
  for (const run of state.runs.values()) if (run.verifier === verifier.id && run.ended === undefined) return true
  return false
}

/** Why nothing can be run with a verifier any more, if that is so. */
export function whyUnusable(state: CoordinatorState, id: VerifierId): Error | undefined {
  if (state.lanes.some((lane) => isUsable(lane, id))) return undefined
  const failures = state.verifiers.get(id)?.failures ?? []
  const lost = state.lanes.map(({ phase }) => phase).find((phase) => phase.name === 'lost')
  return failures[failures.length - 1] ?? lost?.error ?? new FanfoldError('FANFOLD_THREAD_DIED', 'no thread is left')
}
