import { extname } from 'node:path'
import type { RunOptions } from '@fanfold/core'
import { defaultThreads } from '../estimate/default-threads.ts'
import { makeMeasureDisplay } from '../estimate/measure-display.ts'
import { SIGNAL_CODES } from '../exit.ts'
import type { Ending } from '../exit.ts'
import { Interruption } from '../interruption.ts'
import type { PlanOptions } from '../options/plan-options.ts'
import { chainPlan } from '../plan/chain-plan.ts'
import { measurePlan } from '../plan/measure-plan.ts'
import type { Phase, PlanSubject } from '../plan/measure-plan.ts'
import { planText } from '../plan/plan-text.ts'
import { badUsage, problemLine } from '../problem.ts'
import { terminalColumns } from '../wrap.ts'
import { readConfiguration } from './configuration.ts'
import { resolveInputs } from './inputs.ts'
import { checkJsonTarget, writeJson } from './json-target.ts'
import { readLimits } from './limits.ts'
import { refuseWhatIsReadOnce } from './read-once.ts'
import { modulesOf, verifierLocation } from './verifier-location.ts'

interface Prepared {
  readonly subject: PlanSubject
  /** As they were given. */
  readonly inputs: readonly string[]
}

const STEPS: Readonly<Record<Phase, { readonly text: string; readonly share: number }>> = {
  'one by one': { text: 'one record after the other', share: 0 },
  'fanned out': { text: 'all threads', share: 0.5 },
}

/**
 * `fanfold plan`: measures a chain on a sample, one record after the other and fanned out, and tells which of its checks
 * wait for which, and what that makes of the time.
 *
 * @param given - the chain, unless it is given by `--with`, and the inputs
 * @throws {FanfoldError} when nothing could be measured
 */
export async function plan(given: readonly string[], options: PlanOptions): Promise<Ending> {
  const { subject, inputs } = await prepare(given, options)
  const display = makeMeasureDisplay(options.progress)
  const interruption = new Interruption(() => display.stop())
  try {
    const findings = await measurePlan(subject, interruption, (phase) => display.show(STEPS[phase]))
    display.stop()
    const made = { at: new Date().toISOString(), node: process.versions.node, cores: defaultThreads() }
    const limits = Object.keys(subject.engine.limits ?? {})
    const planned = chainPlan(findings, { made, verifier: subject.verifier, inputs, limits })
    if (options.progress !== 'json')
      process.stderr.write(
        planText(planned, {
          columns: terminalColumns(),
          json: options.json,
        }),
      )
    if (options.json !== undefined) await writeJson(options.json, 'the plan', planned)
    return { code: 0, isStuck: findings.isStuck }
  } catch (error) {
    display.stop()
    const { signal } = interruption
    if (signal === undefined) throw error
    process.stderr.write(problemLine(`interrupted by ${signal}: nothing is planned, nothing was written.`))
    return { code: SIGNAL_CODES[signal], signal }
  }
}

async function prepare(given: readonly string[], options: PlanOptions): Promise<Prepared> {
  const { chain, names } = chainAndInputs(given, options)
  const verifier = await verifierLocation(chain)
  if (names.length === 0)
    throw badUsage(
      'no sample is given. Name files of records behind the chain: fanfold plan ./checks.ts sample.ndjson.',
    )
  const inputs = await resolveInputs(names, options)
  // A missing file is found out before any thread is started.
  ;(await inputs.source.open()).close()
  await refuseWhatIsReadOnce(inputs, 'a plan reads its sample several times')
  const { config, limits, threads, threadMemory, timeout, concurrency, sample, budget } = options
  const files = [...modulesOf(verifier), ...[config, limits].filter((file) => file !== undefined)]
  await checkJsonTarget(options.json, [...inputs.paths, ...files])
  const run: RunOptions = timeout === undefined ? {} : { timeoutMs: timeout }
  return {
    inputs: names,
    subject: {
      verifier,
      config: await readConfiguration(config, options.set),
      source: inputs.source,
      engine: {
        limits: await readLimits(limits, options.limitOf),
        ...(threads === undefined ? {} : { threads }),
        ...(threadMemory === undefined || threadMemory === Infinity ? {} : { threadMemoryMb: threadMemory }),
      },
      run,
      concurrency: concurrency === 'auto' ? undefined : concurrency,
      records: sample,
      budgetMs: budget,
    },
  }
}

function chainAndInputs(
  given: readonly string[],
  options: PlanOptions,
): { readonly chain: readonly string[]; readonly names: readonly string[] } {
  if (options.with.length > 0) return { chain: options.with, names: given }
  const [chain, ...names] = given
  if (chain === undefined)
    throw badUsage(
      'no chain is given. Write fanfold plan ./checks.ts sample.ndjson: a module that exports one, and files.',
    )
  // The two are easily mixed up, since other commands have the inputs first.
  if (!/^\.[cm]?[jt]s$/.test(extname(chain)) && !URL.canParse(chain))
    throw badUsage(
      `'${chain}' is no .ts or .js module. The chain comes first: fanfold plan ./checks.ts sample.ndjson; or give it as --with.`,
    )
  return { chain: [chain], names }
}
