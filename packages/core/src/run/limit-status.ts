import { heldIn, permitsOf } from '../coordinator/limits.ts'
import type { LimitState } from '../coordinator/state.ts'
import type { LimitStatus } from '../options/limit-options.ts'

/** @param sinceMs - from when on the path is told, and what its times count from */
export function limitStatus(limit: LimitState, sinceMs: number): LimitStatus {
  const { counts, lanes, path } = limit
  // What held at the beginning was decided before it.
  const first = path.findLastIndex(({ atMs }) => atMs <= sinceMs)
  return {
    permits: permitsOf(limit),
    held: heldIn(limit),
    waiting: lanes.reduce((sum, { waiting }) => sum + waiting, 0),
    breaker: limit.breaker?.phase ?? 'closed',
    ...counts,
    path: path
      .slice(Math.max(0, first))
      .map(({ atMs, permits }) => ({ atMs: Math.max(0, atMs - sinceMs), permits })),
  }
}
