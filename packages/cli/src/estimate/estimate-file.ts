import { readFile } from 'node:fs/promises'
import { badUsage, messageOf } from '../problem.ts'
import type { PoolKind } from '@fanfold/core'
import type { Format } from '../options/verify-options.ts'
import type { Conclusion } from './conclude.ts'
import type { Model } from './model.ts'
import type { Activities } from './profile.ts'
import type { Measured, Side } from './side.ts'
import type { Range } from './spread.ts'

/** Goes up when a field changes its meaning, or is gone; fields that are new leave it as it is. */
export const ESTIMATE_VERSION = 1

/** How fast one side did the sample: medians over the rounds. */
export interface SideFigures {
  /** From the start of its process until the verifier was set up. */
  readonly startMs: number
  readonly elapsedMs: number
  readonly tasksPerSecond: number
  readonly bytesPerSecond: number
  /** Processor time of all threads, a task. */
  readonly cpuMsPerTask: number
}

/** What `fanfold estimate --json` writes, and `fanfold verify --estimate` reads. Times are in ms. */
export interface Estimate {
  readonly fanfold: 'estimate'
  readonly version: typeof ESTIMATE_VERSION
  readonly made: { readonly at: string; readonly node: string; readonly cores: number }
  /** The verifier's module and its configuration, known again by their SHA-256. */
  readonly verifier: { readonly path: string; readonly sha256: string; readonly config: string }
  readonly input: {
    readonly names: readonly string[]
    readonly format: Format
    /** Of all inputs; absent for stdin and pipes. */
    readonly bytes?: number
    /** Records of all inputs; absent when nobody knows. */
    readonly tasks?: number
    /** How these are known: read to the end, given with `--tasks`, or by the bytes of a record in the sample. */
    readonly tasksFrom?: 'count' | 'option' | 'bytes'
  }
  readonly sample: { readonly tasks: number; readonly bytes: number; readonly isWhole: boolean }
  /** With what all runs were made. */
  readonly settings: { readonly pool: PoolKind; readonly concurrency?: number; readonly timeoutMs?: number }
  /** The verifier returns promises, and mostly waits. */
  readonly isWaiting: boolean
  readonly rounds: number
  /** By how much the same side differed between rounds, at its worst: 0.4 is 40%. */
  readonly noise: number
  /** One plain loop, in one thread and without Fanfold. */
  readonly loop: SideFigures & { readonly concurrency: number }
  readonly threads: readonly (SideFigures & {
    readonly threads: number
    /** Against the loop, in the same round. */
    readonly speedUp: Range
    /** The speed-up's median by thread. */
    readonly efficiency: number
  })[]
  /** Speeds against that of the size that Fanfold chooses, with the most threads. */
  readonly shardSizes: readonly { readonly shardSize: number; readonly speed: Range }[]
  /** Each tried once, with the most threads; first without a number, as a run finds it by itself. */
  readonly concurrencies: readonly { readonly concurrency?: number; readonly tasksPerSecond: number }[]
  /** Processor time a task, µs, over all threads, in a run under the profiler; absent when there was none. */
  readonly activities?: Activities
  readonly model: Model & {
    readonly cores: number
    /** How far off it is for a round that it was not fitted to, as a share. */
    readonly error?: number
  }
  /** For the whole input with the recommended settings; absent when its size is not known. */
  readonly predicted?: {
    readonly tasks: number
    readonly threads: number
    readonly runMs: Range
    readonly startMs: number
    /** One plain loop for the same, its start included. */
    readonly loopMs: Range
  }
  /** For each number of threads measured, what a run takes as a multiple of what the model says. */
  readonly spread: readonly {
    readonly threads: number
    readonly low: number
    readonly mid: number
    readonly high: number
  }[]
  /** How many times as fast as the loop, with the recommended settings and for the whole input, starts included. */
  readonly gain: Range
  readonly conclusion: Conclusion
  /** What to set; what is not in it is best left out. */
  readonly recommended: {
    readonly threads?: number
    readonly concurrency?: number
    readonly shardSize?: number
    readonly pool?: PoolKind
  }
  readonly warnings: readonly string[]
  /** Every measurement, as it was made. */
  readonly measurements: readonly (Measured & {
    readonly round: number
    readonly side: Side
    readonly size: 'whole' | 'small'
  })[]
}

/** @throws {FanfoldError} `FANFOLD_BAD_OPTION` when the file is no estimate that this version reads */
export async function readEstimate(path: string): Promise<Estimate> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    throw badUsage(`--estimate '${path}' cannot be read: ${messageOf(error)}. Check the path.`, error)
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw noEstimate(path, `it is not valid JSON (${messageOf(error)})`)
  }
  if (!isObject(value) || value['fanfold'] !== 'estimate') throw noEstimate(path, 'it is some other JSON')
  if (value['version'] !== ESTIMATE_VERSION)
    throw noEstimate(path, `it has version ${JSON.stringify(value['version'])}, and this is ${ESTIMATE_VERSION}`)
  const missing = missingIn(value)
  if (missing !== undefined) throw noEstimate(path, `${missing} is missing or of another kind`)
  return value as unknown as Estimate // what is read of it was looked at
}

function noEstimate(path: string, problem: string): Error {
  return badUsage(
    `--estimate '${path}' is no estimate that can be used: ${problem}. Write one with fanfold estimate … --json FILE.`,
  )
}

/** What is read of an estimate, as a pattern: for each field a value of its kind. */
const PATTERN = {
  made: { node: '', cores: 0 },
  verifier: { path: '', sha256: '', config: '' },
  input: { format: '' },
  settings: { pool: '' },
  model: { startMs: 0, serialMs: 0, parallelMs: 0, cores: 0 },
  spread: [],
}

function missingIn(value: Record<string, unknown>, pattern: object = PATTERN, path = ''): string | undefined {
  for (const [name, kind] of Object.entries(pattern)) {
    const field = value[name]
    const place = `${path}${name}`
    if (Array.isArray(kind)) {
      if (!Array.isArray(field) || field.length === 0) return place
    } else if (typeof kind === 'object') {
      if (!isObject(field)) return place
      const inside = missingIn(field, kind as object, `${place}.`) // of PATTERN, which has no null
      if (inside !== undefined) return inside
    } else if (typeof field !== typeof kind || Number.isNaN(field)) return place
  }
  return undefined
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
