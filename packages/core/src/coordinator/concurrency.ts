import { MAX_SLOTS } from '@fanfold/workers/protocol'
import { ceilingOf, shareOf } from '../policy/concurrency.ts'
import type { Concurrency } from '../options.ts'
import { capacityOf } from './limits.ts'
import { countUsable } from './readiness.ts'
import type { CoordinatorState, Lane, RunState } from './state.ts'

/** More of its tasks may be running than are. */
export function hasRoom(state: CoordinatorState, run: RunState): boolean {
  return run.ended === undefined && run.phase.name === 'running' && roomOf(state, run) > 0
}

/** So many lanes more it could have. Where threads find out how many tasks are worth running at once, it may have each. */
export function roomOf({ lanes }: CoordinatorState, { settings, concurrencyInUse, lanesInUse }: RunState): number {
  return settings.concurrency === 'auto' ? lanes.length - lanesInUse : settings.concurrency - concurrencyInUse
}

/** How many tasks may be running, over all lanes. */
export function mostOf(state: CoordinatorState, concurrency: Concurrency): number {
  if (concurrency !== 'auto') return concurrency
  return ceilingOf(state.lanes.length, [...state.limits.values()].map(capacityOf))
}

/** What a lane's setup is told. It does not depend on what other lanes are about: a pool that is made does not change. */
export function setupShare(state: CoordinatorState, concurrency: Concurrency, lane: Lane): number {
  return shareOf(mostOf(state, concurrency), state.lanes.length, lane.id)
}

/** How many tasks of an assignment that is sent to this lane now may be running. */
export function dispatchShare(state: CoordinatorState, run: RunState, lane: Lane): number {
  const { concurrency } = run.settings
  // What setup was told, unless the limits have changed: also of what a lane that is lost would have had.
  if (concurrency === 'auto') return setupShare(state, concurrency, lane)
  return Math.min(Math.ceil(concurrency / countUsable(state, run.verifier)), MAX_SLOTS, roomOf(state, run))
}

/** How many of its tasks a lane runs at once, as far as that is known. */
export function perLane(state: CoordinatorState, run: RunState): number | undefined {
  const { concurrency } = run.settings
  if (concurrency === 'auto') return run.cost.msPerTask === undefined ? undefined : run.atOnce
  return Math.ceil(concurrency / countUsable(state, run.verifier))
}
