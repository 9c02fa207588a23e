/** What a record took by itself, ms; the mean of the sample where nothing else is said. */
export interface RecordTimes {
  /** All its checks, one after the other. */
  readonly sequentialMs: number
  /** The longest way through its checks. */
  readonly criticalMs: number
  /** Processor time of all threads, reading and the account included. */
  readonly cpuMs: number
  /** The critical path of half of the records is no longer; a busy machine makes the mean longer, and this hardly. */
  readonly halfCriticalMs: number
  /** The critical path of the slowest record. */
  readonly slowestMs: number
}

/** How it is to be fanned out. */
export interface FanOut {
  readonly threads: number
  readonly cores: number
  /** Checks at once, over all threads; two of one record, side by side, are two. */
  readonly concurrency: number
}

/**
 * What a run cannot be faster than. `processor`: all cores are busy. `waiting`: so many checks at once wait for something
 * else. `slowest`: one record takes longer than all others together.
 */
export type Bound = 'processor' | 'waiting' | 'slowest'

export interface Foretold {
  readonly ms: number
  readonly bound: Bound
}

/** A chain that waits longer than it computes by this factor is run with many checks at once. */
const MOSTLY_WAITING = 2
/** So many are what a run that waits goes up to by itself, unless limits are set. */
const MANY = 50

/**
 * The time of so many records: the largest of what bounds it. A thread runs one check at a time, so a record takes no less
 * than its processor time, however its checks are side by side. Each of its checks, one that waits too, takes one of the
 * places that `concurrency` gives, so a record takes as much of them as its checks do one after the other.
 *
 * It takes for granted that checks take as long beside others as alone, that whatever they wait for bears so many at once,
 * and that all threads are busy to the end. Nothing is added for where two bounds are close to each other.
 */
export function foretell(times: RecordTimes, { threads, cores, concurrency }: FanOut, records: number): Foretold {
  const { sequentialMs, cpuMs, slowestMs } = times
  const bounds: readonly Foretold[] = [
    { bound: 'processor', ms: (records * cpuMs) / Math.min(threads, cores) },
    { bound: 'waiting', ms: (records * Math.max(sequentialMs, cpuMs)) / concurrency },
    { bound: 'slowest', ms: records === 0 ? 0 : slowestMs },
  ]
  return bounds.reduce((most, each) => (each.ms > most.ms ? each : most))
}

/** How many checks at once a plan is made for when nothing is said. */
export function usualConcurrency({ halfCriticalMs, cpuMs }: RecordTimes, threads: number): number {
  return halfCriticalMs > cpuMs * MOSTLY_WAITING ? Math.max(MANY, threads) : threads
}
