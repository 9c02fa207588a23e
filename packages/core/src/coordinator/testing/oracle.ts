import type { Status } from '@fanfold/workers/protocol'
import type { RetryPolicy } from '../../policy/retry.ts'
import { must } from './must.ts'
import type { Nature, TaskPlan } from './scenario.ts'

/** What becomes of each task in a world that runs one after the other, each in a thread of its own. */
const FATES: Readonly<Record<Nature, readonly Status[]>> = {
  passes: ['completed'],
  throws: ['errored'],
  throwsAndDies: ['errored'],
  // It may have thrown in a thread whose verdicts were lost: that was nobody's attempt.
  throwsOnce: ['completed', 'errored'],
  blocks: ['timedOut'],
  blocksOnce: ['completed', 'timedOut'],
  // Its verdict counts if it came before the thread's end, and not otherwise.
  late: ['completed', 'timedOut'],
  hangs: ['timedOut'],
  slow: ['completed'],
  crashes: ['crashed'],
  crashesOnce: ['completed'],
  poisons: ['crashed'],
  unsendable: ['errored'],
  unreadable: ['errored'],
}
const CUT_SHORT = new Map<Nature, readonly Status[]>(
  Object.entries(FATES).map(([nature, fates]) => [nature as Nature, [...fates, 'aborted']]),
)

/** How a task may end; in a run that is cut short it may also be `aborted`. */
export function fatesOf(
  { nature, limits }: Pick<TaskPlan, 'nature' | 'limits'>,
  { retries, timeouts }: RetryPolicy,
  isCutShort: boolean,
): readonly Status[] {
  const fates = isCutShort ? CUT_SHORT.get(nature)! : FATES[nature]
  // Where calls wait for one another, one of them gives up.
  if (limits.length > 1) return [...fates, 'errored']
  if (!isCutShort && nature === 'throwsOnce' && retries > 0) return FATES.passes
  if (!isCutShort && nature === 'blocksOnce' && timeouts > 0) return FATES.passes
  return fates
}

/** What of a task decides how often it is executed. */
interface AttemptedTask extends Pick<TaskPlan, 'nature' | 'limits'> {
  readonly index: number
  /** How often something else took its thread down while it was alone there. */
  readonly accidentsAlone: number
}

/** @param status - how it ended, in a run that was not cut short */
export function mustHaveAttempts(
  { index, nature, limits, accidentsAlone }: AttemptedTask,
  status: Status,
  attempts: number,
  { retries, timeouts, crashes }: RetryPolicy,
): void {
  const what = `task ${index} (${nature}) ${status} after ${attempts} attempts`
  if (status === 'crashed') must(attempts === 2 + crashes, what)
  if (nature === 'throws') must(attempts >= 1 + retries && attempts <= 1 + retries + accidentsAlone, what)
  if (nature === 'hangs' || nature === 'blocks') must(attempts === 1 + timeouts, what)
  const mayGiveUp = limits.length > 1 ? retries : 0
  if (nature === 'passes') must(attempts <= 1 + accidentsAlone + mayGiveUp, what)
}
