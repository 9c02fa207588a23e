import { Engine } from '../engine.ts'
import { checkIsObject } from '../options/check-options.ts'
import type { EngineOptions, LoadOptions, RunOptions } from '../options.ts'
import type { Outcome } from '../outcome.ts'
import type { Report } from '../report/report.ts'
import { errorOf } from '../report/run-error.ts'
import type { SourceInput } from '../sources/to-source.ts'
import type { VerifierLocation } from '../options/verifier-url.ts'

/**
 * One call for a batch that fits in memory: makes an engine, runs, closes it, and returns every outcome. It rejects
 * when anything is missing, so that 98 of 100 are never taken for done, unless that is within the `tolerate` it was given.
 *
 * @throws {RunError} `FANFOLD_RUN_PARTIAL`, `FANFOLD_RUN_FAILED` or `FANFOLD_RUN_ABORTED`, with `report` and
 * `outcomes`, unless every task was completed, or enough of them for its tolerance.
 * @throws {FanfoldError} the error for which the run could not start.
 * @example
 * ```ts
 * import { verify } from '@fanfold/core'
 * const { report, outcomes } = await verify(new URL('./verifier.ts', import.meta.url), [1, 2, 3])
 * console.log(report.verdicts, outcomes.length)
 * ```
 */
export async function verify<Item = unknown, Config = unknown, Value = unknown>(
  verifier: VerifierLocation<Item, Config, Value>,
  source: SourceInput<Item>,
  options: RunOptions & Omit<LoadOptions<Config>, 'check'> & EngineOptions = {},
): Promise<{ readonly report: Report; readonly outcomes: readonly Outcome<Value>[] }> {
  checkIsObject('verify()', options, ['threads', 'timeoutMs'])
  const { threads, threadMemoryMb, recycleAfter, pool, ...runOptions } = options
  const engineOptions = Object.entries({ threads, threadMemoryMb, recycleAfter, pool })
  const engine = new Engine(Object.fromEntries(engineOptions.filter(([, value]) => value !== undefined)))
  try {
    const run = engine.run(verifier, source, runOptions)
    const outcomes: Outcome<Value>[] = []
    try {
      for await (const outcome of run) outcomes.push(outcome)
    } catch {
      // The report tells: it rejects when the run could not start, and says why it failed.
    }
    const report = await run.report()
    const error = errorOf(report, outcomes)
    if (error !== undefined) throw error
    return { report, outcomes }
  } finally {
    await engine.close()
  }
}
