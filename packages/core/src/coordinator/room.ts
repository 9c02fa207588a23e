import type { RunState } from './state.ts'

/** More of its tasks may be running than are. */
export function hasRoom(run: RunState): boolean {
  return run.ended === undefined && run.phase.name === 'running' && run.concurrencyInUse < run.settings.concurrency
}
