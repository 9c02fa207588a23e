import type { EngineOptions, RunOptions } from '@fanfold/core'
import { compare } from '../drill/compare.ts'
import { drillText, isGood } from '../drill/drill-text.ts'
import type { DrillRequest, DrillResult } from '../drill/drill-run.ts'
import { FAULTS, MEANINGS } from '../drill/faults.ts'
import { inOwnProcess } from '../drill/in-own-process.ts'
import { SIGNAL_CODES } from '../exit.ts'
import type { Ending } from '../exit.ts'
import { time } from '../figures.ts'
import { Interruption } from '../interruption.ts'
import type { DrillOptions } from '../options/drill-options.ts'
import { badUsage, problemLine } from '../problem.ts'
import { verdictsText } from '../sample-verdicts.ts'
import { whenAborted } from '../when-aborted.ts'
import { readConfiguration } from './configuration.ts'
import { resolveInputs } from './inputs.ts'
import { readLimits } from './limits.ts'
import { verifierLocation, verifierUrls } from './verifier-location.ts'

const THREAD_MEMORY_MB = 256
/** A record that hangs is given this many times what the slowest one took, and at least the time below, ms. */
const PATIENCE = 10
const LEAST_TIMEOUT_MS = 1_000
/** A run of a drill is given up when it takes so much longer than the one without a fault, ms: each fault has a second chance. */
const GIVE_UP_MS = 120_000

/** Everything but which fault, and to which record. */
interface Plan {
  readonly inputs: readonly string[]
  readonly inputOptions: DrillRequest['inputOptions']
  readonly engine: EngineOptions
  readonly run: RunOptions
  readonly urls: DrillRequest['urls']
  readonly config: unknown
}

/**
 * `fanfold drill`: does harm to one record of the user's own batch, in one way after the other, and tells what that has cost
 * the others.
 *
 * @throws {FanfoldError} when the batch does not run without a fault either, or no record of it comes to a verdict
 */
export async function drill(given: readonly string[], options: DrillOptions): Promise<Ending> {
  const plan = await planOf(given, options)
  const interruption = new Interruption(() => {})
  const stopped = new AbortController()
  whenAborted(interruption.soon, () => stopped.abort(interruption.soon.reason))
  try {
    return await drillAll(plan, options, stopped.signal)
  } catch (error) {
    const { signal } = interruption
    if (signal === undefined) throw error
    process.stderr.write(problemLine(`interrupted by ${signal}: the drill is not finished.`))
    return { code: SIGNAL_CODES[signal], signal }
  }
}

async function planOf(given: readonly string[], options: DrillOptions): Promise<Plan> {
  const { format, maxRecord, threads, concurrency, threadMemory, pool, sample, timeout } = options
  if (given.includes('-'))
    throw badUsage('a drill reads its input several times, and stdin can be read once. Give a file.')
  const inputOptions = {
    ...(format === undefined ? {} : { format }),
    ...(maxRecord === undefined ? {} : { maxRecord }),
  }
  await resolveInputs(given, inputOptions)
  const urls = verifierUrls(await verifierLocation(options.with))
  return {
    inputs: given,
    inputOptions,
    engine: {
      pool,
      limits: await readLimits(options.limits, options.limitOf),
      threadMemoryMb: threadMemory === undefined || threadMemory === Infinity ? THREAD_MEMORY_MB : threadMemory,
      ...(threads === undefined ? {} : { threads }),
    },
    run: {
      limit: sample,
      ...(concurrency === undefined ? {} : { concurrency }),
      ...(timeout === undefined ? {} : { timeoutMs: timeout }),
    },
    urls,
    config: await readConfiguration(options.config, options.set),
  }
}

async function drillAll(plan: Plan, options: DrillOptions, signal: AbortSignal): Promise<Ending> {
  const before = await runWith(plan, undefined, GIVE_UP_MS, signal)
  if (before === 'died')
    throw badUsage('the verifier takes its whole process down without a fault, too. Mend that first.')
  const { verdicts } = before
  if (verdicts.withVerdict === 0 && verdicts.records > 0)
    throw badUsage(
      `there is nothing to lose: without a fault, ${verdictsText(verdicts)}. Mend that first; fanfold verify tells more.`,
    )
  const indices = [...before.endings.keys()].toSorted((a, b) => a - b)
  const at = (options.at ?? Math.ceil(indices.length / 2)) - 1
  const index = indices[at]
  if (index === undefined) throw badUsage(`there is no record ${at + 1}: the sample has ${indices.length}.`)
  const timeoutMs = options.timeout ?? Math.max(LEAST_TIMEOUT_MS, Math.ceil(before.slowestMs * PATIENCE))
  const timed = { ...plan, run: { ...plan.run, timeoutMs } }
  process.stderr.write(
    `without a fault: ${verdictsText(verdicts)}\nthat took ${time(before.elapsedMs)}; the timeout is ${timeoutMs} ms\n`,
  )
  const results = []
  for (const fault of options.faults ?? FAULTS) {
    process.stderr.write(`${MEANINGS[fault].text} …\n`)
    const after = await runWith(timed, { fault, index }, GIVE_UP_MS + before.elapsedMs, signal)
    results.push(after === 'died' ? ({ fault, died: true } as const) : compare(fault, index, before, after))
  }
  process.stdout.write(drillText(results, `record ${at + 1}`, verdicts))
  return { code: results.every(isGood) ? 0 : 1 }
}

function runWith(
  plan: Plan,
  harm: DrillRequest['harm'],
  giveUpAfterMs: number,
  signal: AbortSignal,
): Promise<DrillResult | 'died'> {
  return inOwnProcess({ ...plan, harm }, giveUpAfterMs, signal)
}
