/** How often, and after what wait, a task that failed is tried again. All counts are of further attempts. */
export interface RetryPolicy {
  /** After a throw. */
  readonly retries: number
  readonly timeouts: number
  /** After a crash, which is two deaths alone. */
  readonly crashes: number
  readonly backoff: 'exponential' | 'none'
  readonly baseMs: number
}

/** Why an execution was charged to its task. */
export type Failure = 'throw' | 'timeout' | 'death'

/** The executions that were charged to one task, by how each ended. */
export type Charges = Readonly<Record<Failure, number>>

export const NO_CHARGES: Charges = { throw: 0, timeout: 0, death: 0 }
export const NO_RETRIES: RetryPolicy = { retries: 0, timeouts: 0, crashes: 0, backoff: 'exponential', baseMs: 100 }

/** A suspect that took its thread down so often, alone, crashed it. */
const DEATHS_OF_A_CRASH = 2
const STEPS = 32
/** No wait is longer, ms. */
const MAX_WAIT_MS = 60_000

export function charged(charges: Charges, failure: Failure): Charges {
  return { ...charges, [failure]: charges[failure] + 1 }
}

export function attemptsOf(charges: Charges): number {
  return charges.throw + charges.timeout + charges.death
}

/** Further attempts that a task with these charges has had, the one that is about to be made included. */
export function retriesOf(charges: Charges): number {
  return charges.throw + charges.timeout + Math.max(0, charges.death - (DEATHS_OF_A_CRASH - 1))
}

/** Whether a task with these charges, the last of them for this failure, has a further attempt. */
export function isRetried(policy: RetryPolicy, charges: Charges, failure: Failure): boolean {
  switch (failure) {
    case 'throw':
      return charges.throw <= policy.retries
    case 'timeout':
      return charges.timeout <= policy.timeouts
    case 'death':
      return charges.death < DEATHS_OF_A_CRASH + policy.crashes
  }
}

/** A first death alone is no crash yet: it is looked at again at once. */
export function isCrash(charges: Charges): boolean {
  return charges.death >= DEATHS_OF_A_CRASH
}

/**
 * The wait before the attempt after `attempts` charged ones, ms: "full jitter", a random share of an exponentially
 * growing bound, so that tasks which failed together do not come back together (Brooker, "Exponential Backoff And
 * Jitter", AWS Architecture Blog, 2015). In steps of a 32nd of the bound: tasks that failed at once and wait alike share a
 * timer.
 *
 * @param random - from 0 up to, and without, 1
 */
export function backoffMs({ backoff, baseMs }: RetryPolicy, attempts: number, random: number): number {
  if (backoff === 'none') return 0
  const bound = Math.min(MAX_WAIT_MS, baseMs * 2 ** (attempts - 1))
  const step = Math.max(1, bound / STEPS)
  return Math.round(Math.ceil((random * bound) / step) * step)
}
