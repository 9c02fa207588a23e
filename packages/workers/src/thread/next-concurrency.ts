/**
 * While the event loop of a thread is busy for less of its time than this, more tasks that wait are worth starting there.
 * The figure is that of the requirement (issue 6, item 2); what is left is for messages and timers.
 */
export const MOST_UTILISATION = 0.8
/** It was seen for a moment only: what it promises for many times as many tasks may not hold. */
const MOST_GROWTH = 2

/** What was seen of a thread while as many tasks ran as might. */
export interface Seen {
  /** How many that was; at least 1. */
  readonly now: number
  /** Of that time, how much the event loop was busy, 0 to 1. */
  readonly utilisation: number
  /** It never is more; at least 1. */
  readonly most: number
}

/**
 * How many tasks that wait may run at once in a thread from now on: as many as would just keep its event loop busy for
 * {@link MOST_UTILISATION} of the time, if each took as much of it as those that were seen; but always more than now while
 * there is room, and fewer while there is none, down to one.
 */
export function nextConcurrency({ now, utilisation, most }: Seen): number {
  const fitting = Math.floor((now * MOST_UTILISATION) / utilisation) // without bound for a loop that did nothing
  const next =
    utilisation < MOST_UTILISATION
      ? Math.max(now + 1, Math.min(now * MOST_GROWTH, fitting))
      : Math.max(1, Math.min(now - 1, fitting))
  return Math.min(next, most)
}
