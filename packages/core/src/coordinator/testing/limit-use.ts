import type { LimitSettings } from '../../policy/limits/limit-settings.ts'
import type { LimitName, LimitUsed } from '../events.ts'

/** A limit of one permit, and nothing more to it. */
export const ONE_PERMIT: LimitSettings = {
  concurrency: 1,
  maxConcurrency: 1,
  isAdaptive: false,
  rate: undefined,
  breaker: undefined,
  queueTimeoutMs: Infinity,
}

/** What a thread says of a limit, with nothing done but what is given. */
export function limitUse(lane: number, limit: LimitName, over: Partial<LimitUsed>): LimitUsed {
  return {
    type: 'limitUsed',
    lane,
    limit,
    granted: 0,
    waiting: 0,
    returned: 0,
    starts: [],
    unused: 0,
    results: { calls: 0, failed: 0, rejected: 0, logMsSum: 0 },
    blocked: {},
    refused: 0,
    waits: 0,
    waitedMs: 0,
    ...over,
  }
}
