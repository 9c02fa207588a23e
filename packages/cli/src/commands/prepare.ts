import { basename } from 'node:path'
import { Engine } from '@fanfold/core'
import type { RunOptions, Source } from '@fanfold/core'
import type { VerifyOptions } from '../options/verify-options.ts'
import { readEstimateFor } from '../estimate/for-run.ts'
import type { Estimate } from '../estimate/estimate-file.ts'
import { badUsage } from '../problem.ts'
import { readConfiguration } from './configuration.ts'
import { resolveInputs } from './inputs.ts'
import type { Inputs } from './inputs.ts'
import { readLimits } from './limits.ts'
import { engineOptions, runOptions } from './run-options.ts'
import { checkTargets, statsOf } from './targets.ts'
import { modulesOf, verifierLocation, verifierUrl } from './verifier-location.ts'
import type { GivenVerifier } from './verifier-location.ts'

/** A run that can be started: everything that can be checked without running anything has been. */
export interface Prepared {
  readonly inputs: Inputs
  /** The inputs, opened. */
  readonly source: Source
  /** Of all inputs, where that is known. */
  readonly totalBytes: number | undefined
  readonly verifier: GivenVerifier
  readonly config: unknown
  readonly engine: Engine
  /** Of the run. */
  readonly settings: RunOptions
  /** What was foretold, and is to be told beside what came of it. */
  readonly estimate: Estimate | undefined
  /** For the progress. */
  readonly name: string
}

/** @throws {FanfoldError} what is wrong with the arguments, the inputs, the configuration */
export async function prepare(given: readonly string[], options: VerifyOptions): Promise<Prepared> {
  await checkJournalOptions(given, options)
  const inputs = await resolveInputs(given, options)
  const verifier = await verifierLocation(options.with)
  const config = await readConfiguration(options.config, options.set)
  const estimate = await estimateFor({ verifier, config, inputs }, options)
  const files = [
    ...modulesOf(verifier),
    ...[options.config, options.limits, options.estimate].filter((file) => file !== undefined),
  ]
  await checkTargets(options, [...inputs.paths, ...files])
  const settings = runOptions(options)
  const engine = new Engine(engineOptions(options, await readLimits(options.limits, options.limitOf)))
  // Opened here, so that a missing file is found out before any thread is started.
  const reader = await inputs.source.open()
  return {
    inputs,
    source: { ...inputs.source, open: () => Promise.resolve(reader) },
    totalBytes: reader.totalBytes,
    verifier,
    config,
    engine,
    settings,
    estimate,
    name: nameOf(inputs),
  }
}

async function estimateFor(
  { verifier, config, inputs }: Pick<Prepared, 'verifier' | 'config' | 'inputs'>,
  options: VerifyOptions,
): Promise<Estimate | undefined> {
  if (options.estimate === undefined) return undefined
  if (typeof verifier !== 'string')
    throw badUsage(
      `--estimate '${options.estimate}' is of one verifier, and several are given. Leave it out; fanfold plan foretells a chain.`,
    )
  return readEstimateFor(options.estimate, { url: verifierUrl(verifier), config, format: inputs.format }, options)
}

/** @throws {FanfoldError} `FANFOLD_BAD_OPTION` for what says something about a journal that is not there */
async function checkJournalOptions(given: readonly string[], options: VerifyOptions): Promise<void> {
  const { journal, resume, redrive, sourceId } = options
  const [word] = [
    ...(resume === undefined ? [] : ['--resume']),
    ...(redrive ? ['--redrive'] : []),
    ...(sourceId === undefined ? [] : ['--source-id']),
  ]
  if (word !== undefined && journal === undefined)
    throw badUsage(`${word} is about a journal, and none is given. Add --journal FILE.`)
  if (resume === 'unfinished' && given.includes('auto') && (await statsOf('auto')) === undefined)
    throw badUsage(
      `there is no input 'auto', and --resume has its value behind an equals sign. Did you mean --resume=auto?`,
    )
  if (journal !== undefined && sourceId === undefined && given.includes('-'))
    throw badUsage(
      '--journal cannot know again what came from stdin. Add --source-id TEXT, the same for the same records, or give a file.',
    )
}

function nameOf({ paths: [first, ...rest], format }: Inputs): string {
  if (first === undefined) return 'stdin'
  if (format === 'files') return rest.length === 0 ? first : 'files'
  return rest.length === 0 ? basename(first) : `${rest.length + 1} files`
}
