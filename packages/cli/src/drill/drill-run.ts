import { Engine } from '@fanfold/core'
import type { EngineOptions, RunOptions } from '@fanfold/core'
import { resolveInputs } from '../commands/inputs.ts'
import type { InputOptions } from '../commands/inputs.ts'
import type { FaultyConfig } from './faulty-verifier.ts'

const verifier = new URL('./faulty-verifier.js', import.meta.url)

/** One run of the batch, with a fault or without. */
export interface DrillRequest {
  readonly inputs: readonly string[]
  readonly inputOptions: InputOptions
  readonly engine: EngineOptions
  readonly run: RunOptions
  readonly faulty: FaultyConfig
}

/** How a record ended: its status, and its verdict and reason where it has one. */
type Ending = string

export interface DrillResult {
  /** By index. */
  readonly endings: ReadonlyMap<number, Ending>
  /** What the report has counted. */
  readonly total: number
  readonly elapsedMs: number
  /** Of the slowest record. */
  readonly slowestMs: number
}

/** @throws what the run fails for */
export async function drillRun({
  inputs,
  inputOptions,
  engine: options,
  run,
  faulty,
}: DrillRequest): Promise<DrillResult> {
  const engine = new Engine(options)
  try {
    const { source } = await resolveInputs(inputs, inputOptions)
    const running = engine.run(verifier, source, { ...run, config: faulty })
    const endings = new Map<number, Ending>()
    for await (const outcome of running) {
      const { index, status } = outcome
      if (endings.has(index)) throw new Error(`the record at index ${index} has two outcomes`)
      const said = outcome.status === 'completed' ? [outcome.verdict, outcome.reason ?? ''] : []
      endings.set(index, [status, ...said].join(' ').trim())
    }
    const { total, elapsedMs, durationMs } = await running.report()
    return { endings, total, elapsedMs, slowestMs: durationMs.max }
  } finally {
    await engine.close()
  }
}
