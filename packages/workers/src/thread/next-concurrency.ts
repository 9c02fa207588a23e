/**
 * While the event loop of a thread is busy for less of its time than this, more tasks that wait are worth starting there.
 * The figure is that of the requirement (issue 6, item 2); what is left is for messages and timers.
 */
export const BUSY = 0.8
/**
 * With more than this it has more than it can do: tasks that are ready wait for one another, and fewer would get as far.
 * Between the two it is left as it is. Where there was no such room, a number that fits just so was left again and again.
 */
export const OVERLOADED = 0.95
/** What was seen, was seen for a moment only: it may not hold for many times as many tasks. */
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
 * How many tasks that wait may run at once in a thread from now on: as many as would keep its event loop just {@link BUSY},
 * if each took as much of it as those that were seen; but always more than now while it is less than that, and fewer while
 * it is {@link OVERLOADED}, down to one.
 */
export function nextConcurrency({ now, utilisation, most }: Seen): number {
  const fitting = Math.floor((now * BUSY) / utilisation) // without bound for a loop that did nothing
  let next = now
  if (utilisation < BUSY) next = Math.max(now + 1, Math.min(now * MOST_GROWTH, fitting))
  else if (utilisation > OVERLOADED) next = Math.max(1, fitting)
  return Math.min(next, most)
}
