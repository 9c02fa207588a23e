import { MAX_SLOTS } from '@fanfold/workers/protocol'

/** What `'auto'` grows to over all threads, where no limits say what a downstream bears: the figure of the requirement (issue 6, item 2). */
const MOST_WITHOUT_LIMITS = 50

/**
 * What `'auto'` may grow to, over all threads: more tasks than the largest limit has permits would only wait for them. One
 * for each thread it is in any case: a verifier may as well compute.
 *
 * @param permits - how many each limit of the engine has
 */
export function ceilingOf(lanes: number, permits: readonly number[]): number {
  return Math.max(lanes, permits.length === 0 ? MOST_WITHOUT_LIMITS : Math.max(...permits))
}

/** One lane's share: all shares together are the whole, or one for each lane if that is more. */
export function shareOf(whole: number, lanes: number, lane: number): number {
  const share = Math.floor(whole / lanes) + (lane < whole % lanes ? 1 : 0)
  return Math.max(1, Math.min(share, MAX_SLOTS))
}
