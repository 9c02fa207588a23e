import { basename } from 'node:path'
import { Engine } from '@fanfold/core'
import type { Source } from '@fanfold/core'
import type { VerifyOptions } from '../options/verify-options.ts'
import { readConfiguration } from './configuration.ts'
import { resolveInputs } from './inputs.ts'
import type { Inputs } from './inputs.ts'
import { checkTargets } from './targets.ts'
import { verifierLocation } from './verifier-location.ts'

/** A run that can be started: everything that can be checked without running anything has been. */
export interface Prepared {
  readonly inputs: Inputs
  /** The inputs, opened. */
  readonly source: Source
  readonly verifier: string
  readonly config: unknown
  readonly engine: Engine
  /** For the progress. */
  readonly name: string
}

/** @throws {FanfoldError} what is wrong with the arguments, the inputs, the configuration */
export async function prepare(given: readonly string[], options: VerifyOptions): Promise<Prepared> {
  const inputs = await resolveInputs(given, options)
  const verifier = await verifierLocation(options.with)
  const config = await readConfiguration(options.config, options.set)
  const files = [verifier, ...(options.config === undefined ? [] : [options.config])]
  await checkTargets(options, [...inputs.paths, ...files])
  const { threads, threadMemory, pool } = options
  const engine = new Engine({
    pool,
    ...(threads === undefined ? {} : { threads }),
    // No limit of ours is Node's own.
    ...(threadMemory === undefined || threadMemory === Infinity ? {} : { threadMemoryMb: threadMemory }),
  })
  // Opened here, so that a missing file is found out before any thread is started.
  const reader = await inputs.source.open()
  return {
    inputs,
    source: { open: () => Promise.resolve(reader) },
    verifier,
    config,
    engine,
    name: nameOf(inputs.paths),
  }
}

function nameOf([first, ...rest]: readonly string[]): string {
  if (first === undefined) return 'stdin'
  return rest.length === 0 ? basename(first) : `${rest.length + 1} files`
}
