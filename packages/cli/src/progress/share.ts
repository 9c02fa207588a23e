import type { Progress } from '@fanfold/core'

/** How much of the run is done, 0 to 1; `undefined` when nobody can know, as for a pipe. */
export function shareDone(progress: Progress): number | undefined {
  const { statuses, total, bytesTotal, tasksPerSecond, etaMs, state } = progress
  if (state === 'ended') return 1
  const settled = Object.values(statuses).reduce((sum, count) => sum + count, 0)
  if (settled === 0) return (total ?? bytesTotal) === undefined ? undefined : 0
  // A run that goes on has settled nothing of its own yet.
  if (etaMs === undefined) return total === undefined || total === 0 ? undefined : settled / total
  // The engine knows the share and tells the time left, for which it took the time that has passed: its share again.
  const elapsedMs = (settled / tasksPerSecond) * 1000
  return elapsedMs / (elapsedMs + etaMs)
}
