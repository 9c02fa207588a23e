import { Engine } from '@fanfold/core'
import type { CheckOutcome, EngineOptions, Outcome, RunOptions, VerifierLocation } from '@fanfold/core'
import { resolveInputs } from '../commands/inputs.ts'
import type { InputOptions } from '../commands/inputs.ts'
import { sampleVerdicts } from '../sample-verdicts.ts'
import type { SampleVerdicts } from '../sample-verdicts.ts'
import { FAULTY_CHECK } from './faults.ts'
import type { Harm } from './faulty-verifier.ts'

/** One run of the batch, with a fault or without. */
export interface DrillRequest {
  readonly inputs: readonly string[]
  readonly inputOptions: InputOptions
  readonly engine: EngineOptions
  readonly run: RunOptions
  /** URLs of the user's verifier. */
  readonly urls: Harm['urls']
  readonly config: unknown
  /** None: a run to compare with. */
  readonly harm: Omit<Harm, 'urls'> | undefined
}

/** How a record, or one of its checks, ended: its status, and its verdict and reason where it has one. */
type Ending = string

export interface DrillResult {
  /** By index. */
  readonly endings: ReadonlyMap<number, Ending>
  /** The same of the user's checks, for a chain: all of a record's in one text. */
  readonly checks: ReadonlyMap<number, string>
  /** What the report has counted. */
  readonly total: number
  readonly elapsedMs: number
  readonly verdicts: SampleVerdicts
  /** Of the slowest record. */
  readonly slowestMs: number
}

/** @throws what the run fails for */
export async function drillRun({
  inputs,
  inputOptions,
  engine: options,
  run,
  ...verifier
}: DrillRequest): Promise<DrillResult> {
  const engine = new Engine(options)
  try {
    const { source } = await resolveInputs(inputs, inputOptions)
    const running = engine.run(moduleOf(verifier), source, { ...run, config: verifier.config })
    const endings = new Map<number, Ending>()
    const checks = new Map<number, string>()
    for await (const outcome of running) {
      const { index } = outcome
      if (endings.has(index)) throw new Error(`the record at index ${index} has two outcomes`)
      endings.set(index, endingOf(outcome))
      if (outcome.checks !== undefined) checks.set(index, checksText(outcome.checks))
    }
    const report = await running.report()
    const { total, elapsedMs, durationMs } = report
    return { endings, checks, total, elapsedMs, verdicts: sampleVerdicts(report), slowestMs: durationMs.max }
  } finally {
    await engine.close()
  }
}

/** What is run: the user's own, or one that does harm. */
function moduleOf({ urls, harm }: Pick<DrillRequest, 'urls' | 'harm'>): VerifierLocation {
  if (harm === undefined) return urls
  const url = new URL('./faulty-verifier.js', import.meta.url)
  url.searchParams.set('harm', JSON.stringify({ urls, ...harm } satisfies Harm))
  return url
}

function endingOf({ status, ...rest }: Pick<CheckOutcome, 'status' | 'verdict' | 'reason'>): Ending {
  return [status, rest.verdict, rest.reason].filter((word) => word !== undefined).join(' ')
}

function checksText(checks: NonNullable<Outcome['checks']>): string {
  const own = Object.entries(checks).filter(([name]) => name !== FAULTY_CHECK)
  return own.map(([name, check]) => `${name} ${endingOf(check)}`).join(', ')
}
