import { CHECK_ABORTED, CHECK_CRASHED, CHECK_ERRORED, CHECK_SKIPPED, CHECK_TIMED_OUT } from '@fanfold/workers/protocol'
import type { CheckTerms } from '@fanfold/workers/protocol'
import type { RetryPolicy } from '../../policy/retry.ts'
import type { CheckNature } from './chain-scenario.ts'
import { must } from './must.ts'

const PASSES = 0
export const STOPS = 2

/** What becomes of each check in a world that runs one after the other, each in a thread of its own. */
const FATES: Readonly<Record<CheckNature, readonly number[]>> = {
  passes: [PASSES],
  stops: [STOPS],
  throws: [CHECK_ERRORED],
  throwsOnce: [PASSES, CHECK_ERRORED],
  blocks: [CHECK_TIMED_OUT],
  blocksOnce: [PASSES, CHECK_TIMED_OUT],
  hangs: [CHECK_TIMED_OUT],
  slow: [PASSES],
  crashes: [CHECK_CRASHED],
  crashesOnce: [PASSES],
}

/** A task's checks when the task is settled: how each ended, after how many attempts. */
export interface EndedTask {
  readonly index: number
  readonly natures: readonly CheckNature[]
  readonly codes: readonly number[]
  readonly attempts: readonly number[]
  /** How often something else took the thread down while the task was alone there. */
  readonly accidentsAlone: number
}

/** Whether a check that ended so is what its nature, its run's policy and the checks before it say. */
export function mustBeRight(
  { index, natures, codes, attempts, accidentsAlone }: EndedTask,
  checks: readonly CheckTerms[],
  policy: RetryPolicy,
  isCutShort: boolean,
): void {
  for (const [place, { after, retry }] of checks.entries()) {
    const code = codes[place]!
    if (isCutShort && code === CHECK_ABORTED) continue
    const nature = natures[place]!
    const { retries, timeouts, crashes } = { ...policy, ...retry }
    const what = `check ${place} (${nature}) of task ${index}, code ${code} after ${attempts[place]} attempts`
    const isStopped = after.some((before) => !checks[before]!.goesOn[codes[before]!])
    // It had ended for good when the one before it was run again, and that was aborted.
    const wasFirst = isCutShort && code !== CHECK_SKIPPED && after.some((before) => codes[before] === CHECK_ABORTED)
    must(wasFirst || (code === CHECK_SKIPPED) === isStopped, `${what}: should ${isStopped ? '' : 'not '}be skipped`)
    if (code === CHECK_SKIPPED) continue
    const isRetried = (nature === 'throwsOnce' && retries > 0) || (nature === 'blocksOnce' && timeouts > 0)
    const fates = isRetried && !isCutShort ? [PASSES] : FATES[nature]
    must(fates.includes(code), `${what}: should be ${fates.join(' or ')}`)
    if (isCutShort) continue
    const least = { throws: 1 + retries, hangs: 1 + timeouts, blocks: 1 + timeouts, crashes: 2 + crashes }
    const expected = nature in least ? least[nature as keyof typeof least] : 1 // asked just before
    const most = expected + accidentsAlone + (['throwsOnce', 'blocksOnce', 'crashesOnce'].includes(nature) ? 1 : 0)
    must(attempts[place]! >= expected && attempts[place]! <= most, `${what}: should be ${expected} to ${most}`)
  }
}
