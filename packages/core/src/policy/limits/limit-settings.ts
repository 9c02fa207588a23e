import type { AdaptiveBounds } from './adaptive-limit.ts'
import type { BreakerSettings } from './limit-breaker.ts'
import type { Rate } from './start-window.ts'

/** A bound in front of a downstream, resolved. */
export interface LimitSettings extends AdaptiveBounds {
  /** How many calls may be under way; where it adapts, at first. */
  readonly concurrency: number
  /** Where it adapts, never more than these; else as `concurrency`. */
  readonly maxConcurrency: number
  readonly isAdaptive: boolean
  readonly rate: Rate | undefined
  readonly breaker: BreakerSettings | undefined
  /** A call waits no longer for a permit, ms. */
  readonly queueTimeoutMs: number
}
