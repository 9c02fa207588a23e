import type { LimitStatus } from '@fanfold/core'
import type { ServiceAccount } from './service.ts'

/** As far from the capacity as this share of it, a limit is still where it belongs. */
const TOLERANCE = 0.1
/** What is told of a limit that never got there. */
const NEVER_MS = 1_000_000

/** From one change of the capacity to the next, or to the end. Instants are since the run's beginning. */
interface Phase {
  readonly fromMs: number
  readonly toMs: number
  readonly capacity: number
}

export interface Convergence {
  /** Of each phase: how long it took until the limit was near the capacity, to stay there until the phase ends. */
  readonly afterMs: readonly number[]
  /** Of the requests that came when it was there. */
  readonly rejectedPercent: number
}

/** @param startedAtMs - of the run, by the monotonic clock */
export function convergenceOf(
  path: LimitStatus['path'],
  { arrivals, rejections, capacities }: ServiceAccount,
  startedAtMs: number,
): Convergence {
  const endMs = (arrivals.at(-1) ?? startedAtMs) - startedAtMs
  const phases = capacities.map(({ atMs, requests }, n): Phase => {
    const next = capacities[n + 1]
    return {
      fromMs: Math.max(0, atMs - startedAtMs),
      toMs: next === undefined ? endMs : next.atMs - startedAtMs,
      capacity: requests,
    }
  })
  const afterMs = phases.map((phase) => convergedAfter(path, phase))
  const within = (instants: readonly number[]): number =>
    instants.filter((instant) => {
      const atMs = instant - startedAtMs
      return phases.some(({ fromMs, toMs }, n) => atMs >= Math.min(fromMs + afterMs[n]!, toMs) && atMs < toMs)
    }).length
  return { afterMs, rejectedPercent: (100 * within(rejections)) / Math.max(1, within(arrivals)) }
}

function convergedAfter(path: LimitStatus['path'], { fromMs, toMs, capacity }: Phase): number {
  let convergedMs = fromMs
  for (const [n, { atMs, permits }] of path.entries()) {
    const untilMs = path[n + 1]?.atMs ?? Infinity
    if (untilMs <= fromMs || atMs >= toMs) continue
    if (Math.abs(permits - capacity) > Math.max(1, TOLERANCE * capacity)) convergedMs = untilMs
  }
  return convergedMs >= toMs ? NEVER_MS : convergedMs - fromMs
}
