import type { LaneId, LimitName } from './events.ts'
import { permitsOf } from './limits.ts'
import type { CoordinatorState, LimitState } from './state.ts'

/**
 * What looks like a deadlock is looked at again after so long, ms: threads tell of their limits one by one, and what one of
 * them has told may be over before another one tells.
 */
const LOOK_AGAIN_MS = 200

/** Calls may wait for one another within each other. Whether they do is seen here; nobody else would end it. */
export function lookForDeadlock(state: CoordinatorState): void {
  if (state.isLookingForDeadlock || lockedLimits(state).size === 0) return
  state.isLookingForDeadlock = true
  state.commands.push({ type: 'waitForDeadlock', delayMs: LOOK_AGAIN_MS })
}

/** Limits are still locked: one call has to give way. */
export function deadlockDue(state: CoordinatorState): void {
  state.isLookingForDeadlock = false
  const locked = lockedLimits(state)
  for (const [limit, { lanes }] of state.limits) {
    if (!locked.has(limit)) continue
    const lane = lanes.findIndex((_, each) => waitsWithin(state, each, limit, locked))
    if (lane < 0) continue
    state.commands.push({ type: 'unlock', lane, limit, among: [...locked] })
    return
  }
}

/** Whether a call waits on this lane for the limit, with a permit of one of those. */
function waitsWithin(state: CoordinatorState, lane: LaneId, limit: LimitName, locked: ReadonlySet<LimitName>): boolean {
  return [...locked].some((name) => (state.limits.get(name)!.lanes[lane]!.blocked[limit] ?? 0) > 0)
}

/**
 * The limits of which every permit is held by a call that waits, within it, for one of these limits. Found by taking away
 * those of which that is not so, until it is so of all that are left.
 */
function lockedLimits(state: CoordinatorState): ReadonlySet<LimitName> {
  const locked = new Set<LimitName>()
  for (const [name, { lanes }] of state.limits) if (lanes.some(({ blocked }) => hasAny(blocked))) locked.add(name)
  for (let before = -1; before !== locked.size;) {
    before = locked.size
    for (const name of locked) {
      if (blockedBy(state, state.limits.get(name)!, locked) < permitsOf(state.limits.get(name)!)) locked.delete(name)
    }
  }
  return locked
}

/** How many of a limit's permits are held by calls that wait for those limits. */
function blockedBy({ limits }: CoordinatorState, limit: LimitState, waitedFor: ReadonlySet<LimitName>): number {
  let sum = 0
  for (const [lane, { blocked }] of limit.lanes.entries()) {
    for (const [name, count] of Object.entries(blocked)) {
      const other = limits.get(name)?.lanes[lane]
      // Permits that are on their way to the lane end as many waits.
      if (other !== undefined && waitedFor.has(name))
        sum += Math.max(0, count - (other.granted - other.grantedWhenTold))
    }
  }
  return sum
}

function hasAny(counts: Readonly<Record<string, number>>): boolean {
  for (const _name in counts) return true
  return false
}
