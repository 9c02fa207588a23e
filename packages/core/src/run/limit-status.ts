import type { LimitName } from '../coordinator/events.ts'
import { capacityOf, heldIn } from '../coordinator/limits.ts'
import type { LimitState } from '../coordinator/state.ts'
import type { LimitCounts, LimitStatus } from '../options/limit-options.ts'

const NOTHING: LimitCounts = { calls: 0, failed: 0, rejected: 0, refused: 0, waits: 0, waitedMs: 0 }

/** From when on it is told what has happened: what was counted until then. */
export interface LimitsBaseline {
  /** By the monotonic clock. */
  readonly atMs: number
  readonly counts: ReadonlyMap<LimitName, LimitCounts>
}

export function baselineOf(limits: ReadonlyMap<LimitName, LimitState>, atMs: number): LimitsBaseline {
  return { atMs, counts: new Map([...limits].map(([name, { counts }]) => [name, { ...counts }])) }
}

/** The state of a limit, and what has happened at it since. */
function limitStatus(limit: LimitState, { atMs: sinceMs, counts }: LimitsBaseline): LimitStatus {
  const before = counts.get(limit.name) ?? NOTHING
  const since = (count: keyof LimitCounts): number => limit.counts[count] - before[count]
  // What held at the beginning was decided before it.
  const first = limit.path.findLastIndex(({ atMs }) => atMs <= sinceMs)
  return {
    permits: capacityOf(limit),
    held: heldIn(limit),
    waiting: limit.lanes.reduce((sum, { waiting }) => sum + waiting, 0),
    breaker: limit.breaker?.phase ?? 'closed',
    calls: since('calls'),
    failed: since('failed'),
    rejected: since('rejected'),
    refused: since('refused'),
    waits: since('waits'),
    waitedMs: since('waitedMs'),
    path: limit.path
      .slice(Math.max(0, first))
      .map(({ atMs, permits }) => ({ atMs: Math.max(0, atMs - sinceMs), permits })),
  }
}

/** Of all limits, by name; `undefined` where there are none. */
export function limitStatuses(
  limits: ReadonlyMap<LimitName, LimitState>,
  since: LimitsBaseline,
): Record<LimitName, LimitStatus> | undefined {
  if (limits.size === 0) return undefined
  return Object.fromEntries([...limits].map(([name, limit]) => [name, limitStatus(limit, since)]))
}
