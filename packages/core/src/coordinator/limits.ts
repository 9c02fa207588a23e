import { AdaptiveLimit } from '../policy/limits/adaptive-limit.ts'
import { LimitBreaker } from '../policy/limits/limit-breaker.ts'
import type { LimitSettings } from '../policy/limits/limit-settings.ts'
import { StartWindow } from '../policy/limits/start-window.ts'
import type { LaneId, LimitName, LimitUsed } from './events.ts'
import type { CoordinatorState, LimitShare, LimitState } from './state.ts'

/** How far the path of an adaptive limit is told: beyond, every second step is forgotten. */
const MAX_PATH = 1_000

type Policies = Pick<LimitState, 'adaptive' | 'window' | 'breaker'>

const NO_SHARE: LimitShare = {
  granted: 0,
  held: 0,
  recalled: 0,
  waiting: 0,
  openStarts: 0,
  blocked: {},
  grantedWhenTold: 0,
}

export function newLimit(name: LimitName, settings: LimitSettings, lanes: number, nowMs: number): LimitState {
  return {
    name,
    settings,
    ...policiesFor(settings, undefined),
    lanes: Array.from({ length: lanes }, () => ({ ...NO_SHARE })),
    dueAtMs: Infinity,
    counts: { calls: 0, failed: 0, rejected: 0, refused: 0, waits: 0, waitedMs: 0 },
    path: [{ atMs: nowMs, permits: settings.concurrency }],
  }
}

/** What a thread did with a limit, and what it wants of it. */
export function limitUsed(state: CoordinatorState, event: LimitUsed): void {
  const limit = limitOf(state, event.limit)
  const share = limit.lanes[event.lane]!
  const { nowMs } = state
  const { calls, failed, rejected } = event.results
  limit.adaptive?.settled(event.results, heldIn(limit))
  limit.breaker?.settled(calls - failed, failed, nowMs)
  for (const atMs of event.starts) limit.window?.made(Math.min(atMs, nowMs))
  limit.window?.givenBack(event.unused)
  if (limit.window !== undefined) share.openStarts -= event.starts.length + event.unused
  share.held -= event.returned
  share.recalled = Math.max(0, share.recalled - event.returned)
  share.blocked = event.blocked
  share.grantedWhenTold = event.granted
  // It does not know yet of what is on its way.
  share.waiting = Math.max(0, event.waiting - (share.granted - event.granted))
  if (share.held < 0 || share.openStarts < 0)
    throw new Error(`lane ${event.lane} gave back more of the limit ${limit.name} than it was granted`)
  const { counts } = limit
  counts.calls += calls
  counts.failed += failed
  counts.rejected += rejected
  counts.refused += event.refused
  counts.waits += event.waits
  counts.waitedMs += event.waitedMs
}

/** Its settings are others from now on. What is held above them comes back as it is let go. */
export function limitUpdated(state: CoordinatorState, name: LimitName, settings: LimitSettings): void {
  const limit = limitOf(state, name)
  Object.assign(limit, policiesFor(settings, limit), { settings })
}

/** The thread of a lane is gone, and with it all that it held. */
export function permitsLost(state: CoordinatorState, lane: LaneId): void {
  for (const limit of state.limits.values()) {
    const { openStarts } = limit.lanes[lane]!
    // Whether, and when, it made them nobody knows; not later than now.
    for (let n = 0; n < openStarts; n++) limit.window?.made(state.nowMs)
    limit.lanes[lane] = { ...NO_SHARE }
  }
}

/** Gives out what is free, calls back what others have too much of, and has somebody come again when there will be more. */
export function shareLimits(state: CoordinatorState): void {
  for (const limit of state.limits.values()) {
    limit.breaker?.look(state.nowMs)
    if (limit.breaker?.phase === 'open') refuse(state, limit)
    else grant(state, limit)
    recall(state, limit)
    waitForMore(state, limit)
    notePath(limit, state.nowMs)
  }
}

/** How many calls may be under way now. */
export function permitsOf(limit: LimitState): number {
  return Math.min(capacityOf(limit), limit.breaker?.bound ?? Infinity)
}

/** How many calls the downstream is thought to bear. */
export function capacityOf({ settings, adaptive }: LimitState): number {
  return adaptive?.limit ?? settings.concurrency
}

export function heldIn({ lanes }: LimitState): number {
  return sum(lanes, ({ held }) => held)
}

/** What goes by the same settings goes on as it was. */
function policiesFor(settings: LimitSettings, before: LimitState | undefined): Policies {
  const { isAdaptive, rate, breaker } = settings
  return {
    adaptive: isAdaptive ? adaptiveFor(settings, before) : undefined,
    window: rate === before?.settings.rate ? before?.window : rate && StartWindow.after(before?.window, rate),
    breaker: breaker === before?.settings.breaker ? before?.breaker : breaker && new LimitBreaker(breaker),
  }
}

function adaptiveFor(settings: LimitSettings, before: LimitState | undefined): AdaptiveLimit {
  const adaptive = before?.adaptive
  if (adaptive === undefined) return new AdaptiveLimit(settings)
  const { concurrency, maxConcurrency } = before!.settings
  if (concurrency !== settings.concurrency || maxConcurrency !== settings.maxConcurrency) adaptive.set(settings)
  return adaptive
}

function refuse(state: CoordinatorState, limit: LimitState): void {
  const forMs = limit.breaker!.opensInMs(state.nowMs)
  for (const [lane, share] of limit.lanes.entries()) {
    if (share.waiting === 0) continue
    share.waiting = 0
    state.commands.push({ type: 'refuse', lane, limit: limit.name, forMs })
  }
}

/** The lane that has least is served first, so that those which want as much get as much. */
function grant(state: CoordinatorState, limit: LimitState): void {
  const granted = limit.lanes.map(() => 0)
  let free = Math.min(permitsOf(limit) - heldIn(limit), limit.window?.room(state.nowMs) ?? Infinity)
  for (; free > 0; free--) {
    const lane = poorest(limit, granted)
    if (lane === undefined) break
    granted[lane]!++
  }
  for (const [lane, permits] of granted.entries()) {
    if (permits === 0) continue
    const share = limit.lanes[lane]!
    share.granted += permits
    share.held += permits
    share.waiting -= permits
    if (limit.window !== undefined) share.openStarts += permits
    limit.window?.allow(permits)
    state.commands.push({ type: 'grant', lane, limit: limit.name, permits })
  }
}

function poorest({ lanes }: LimitState, granted: readonly number[]): LaneId | undefined {
  let found: LaneId | undefined
  for (const [lane, { held, waiting }] of lanes.entries()) {
    if (waiting - granted[lane]! <= 0) continue
    if (found === undefined || held + granted[lane]! < lanes[found]!.held + granted[found]!) found = lane
  }
  return found
}

/** What is beyond the limit comes back, and what a lane has beyond its part while others wait with less than theirs. */
function recall(state: CoordinatorState, limit: LimitState): void {
  const { lanes } = limit
  const permits = permitsOf(limit)
  const users = lanes.filter(({ held, waiting }) => held + waiting > 0).length
  const part = Math.max(1, Math.floor(permits / Math.max(1, users)))
  const beyond = sum(lanes, kept) - permits
  // Where starts are what is missing, permits help nobody.
  const isBoundByRate = limit.window?.room(state.nowMs) === 0
  const wanted = isBoundByRate ? 0 : sum(lanes, ({ held, waiting }) => Math.min(waiting, Math.max(0, part - held)))
  const underWay = sum(lanes, ({ recalled }) => recalled)
  const back = lanes.map(() => 0)
  for (let missing = Math.max(beyond, wanted - underWay); missing > 0; missing--) {
    const lane = richest(limit, back)
    if (lane === undefined || (beyond <= 0 && kept(lanes[lane]!) - back[lane]! <= part)) break
    back[lane]!++
  }
  for (const [lane, permitsBack] of back.entries()) {
    if (permitsBack === 0) continue
    lanes[lane]!.recalled += permitsBack
    state.commands.push({ type: 'recall', lane, limit: limit.name, permits: permitsBack })
  }
}

function richest({ lanes }: LimitState, back: readonly number[]): LaneId | undefined {
  let found: LaneId | undefined
  for (const [lane, share] of lanes.entries()) {
    const has = kept(share) - back[lane]!
    if (has > 0 && (found === undefined || has > kept(lanes[found]!) - back[found]!)) found = lane
  }
  return found
}

/** Starts become possible by time alone. */
function waitForMore(state: CoordinatorState, limit: LimitState): void {
  const isWanted = limit.lanes.some(({ waiting }) => waiting > 0)
  if (limit.window === undefined || !isWanted || heldIn(limit) >= permitsOf(limit)) return
  const inMs = limit.window.roomInMs(state.nowMs)
  // What was said before holds; while it is only known to come with word of a start, that will be an event.
  if (inMs === Infinity || limit.dueAtMs <= state.nowMs + inMs) return
  limit.dueAtMs = state.nowMs + inMs
  state.commands.push({ type: 'waitForLimit', limit: limit.name, delayMs: inMs })
}

function notePath(limit: LimitState, atMs: number): void {
  const permits = capacityOf(limit)
  if (limit.path.at(-1)?.permits === permits) return
  limit.path.push({ atMs, permits })
  if (limit.path.length > MAX_PATH) limit.path = limit.path.filter((_, i) => i % 2 === 0)
}

export function limitOf(state: CoordinatorState, name: LimitName): LimitState {
  const limit = state.limits.get(name)
  if (limit === undefined) throw new Error(`there is no limit ${name}`)
  return limit
}

function kept({ held, recalled }: LimitShare): number {
  return held - recalled
}

function sum<Each>(all: readonly Each[], of: (each: Each) => number): number {
  return all.reduce((total, each) => total + of(each), 0)
}
