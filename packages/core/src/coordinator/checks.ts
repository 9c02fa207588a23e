import type { CheckTerms, FailedCheck } from '@fanfold/workers/protocol'
import { NO_CHARGES, attemptsOf, charged, isRetried } from '../policy/retry.ts'
import type { Charges, Failure, RetryPolicy } from '../policy/retry.ts'
import type { ChargedChecks } from './commands.ts'
import { isInRanges } from './position-set.ts'
import type { Ranges } from './position-set.ts'
import type { CoordinatorState, RunState, ShardState } from './state.ts'

/** What was running: a task, and of a chain which of its checks. */
export interface Running {
  readonly position: number
  /** Its place in the chain; 0 of a verifier that is none. */
  readonly check: number
}

/** The checks of the chain that the run's verifier is; `undefined`: it is none. */
export function chainOf(state: CoordinatorState, run: RunState): readonly CheckTerms[] | undefined {
  return state.verifiers.get(run.verifier)?.checks
}

/** What marks stand for: positions; of a chain, the number of the checks before it in the shard. */
export function runningOf(state: CoordinatorState, run: RunState, marks: readonly number[]): readonly Running[] {
  const perTask = chainOf(state, run)?.length ?? 1
  return marks.map((mark) => ({ position: Math.floor(mark / perTask), check: mark % perTask }))
}

/** How often a check of this place is tried again. */
export function retryPolicyOf(checks: readonly CheckTerms[] | undefined, check: number, run: RunState): RetryPolicy {
  const own = checks?.[check]?.retry
  return own === undefined ? run.settings.retry : { ...run.settings.retry, ...own }
}

/** Whether a throw may lead to another attempt of any of them. */
export function mayRetry(checks: readonly CheckTerms[] | undefined, { settings }: RunState): boolean {
  if (checks === undefined) return settings.retry.retries > 0
  return checks.some(({ retry }) => (retry.retries ?? settings.retry.retries) > 0)
}

export function checkCharges(shard: ShardState, position: number, check: number): Charges {
  return shard.checkCharges.get(position)?.[check] ?? NO_CHARGES
}

/** Charges an execution to a check. @returns what is charged to it now */
export function chargeCheck(shard: ShardState, { position, check }: Running, failure: Failure): Charges {
  const charges = charged(checkCharges(shard, position, check), failure)
  let all = shard.checkCharges.get(position)
  if (all === undefined) shard.checkCharges.set(position, (all = []))
  all[check] = charges
  return charges
}

/** Charges those that failed. @returns those of them that have a further attempt, and those that have not begun */
export function failedAgain(
  checks: readonly CheckTerms[],
  run: RunState,
  shard: ShardState,
  position: number,
  failed: readonly FailedCheck[],
): readonly FailedCheck[] {
  return failed.filter(({ check, failure }) => {
    if (failure === undefined) return true
    const charges = chargeCheck(shard, { position, check }, failure)
    return isRetried(retryPolicyOf(checks, check, run), charges, failure)
  })
}

/** Executions that were charged to the checks of these tasks, where any were. */
export function chargedChecks(
  checks: readonly CheckTerms[] | undefined,
  { checkCharges: all }: ShardState,
  ranges: Ranges,
): readonly ChargedChecks[] {
  if (checks === undefined || all.size === 0) return []
  const within: ChargedChecks[] = []
  for (const [position, charges] of all) {
    if (!isInRanges(ranges, position)) continue
    within.push({ position, attempts: checks.map((_, check) => attemptsOf(charges[check] ?? NO_CHARGES)) })
  }
  return within.sort((a, b) => a.position - b.position)
}
