import { mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os'
import { join } from 'node:path'
import type { BenchCase, CaseOptions } from './bench-case.ts'
import type { Missing, Round } from './rounds.ts'

/** Where a case was measured, and how busy that machine was: the load average of a minute, before and after. */
export interface Machine {
  readonly node: string
  readonly cpu: string
  readonly cores: number
  readonly memoryGb: number
  readonly system: string
  readonly loadBefore: number
  readonly loadAfter: number
}

/** Everything that was measured of a case, as it is kept: the report is made from nothing else. */
export interface Samples {
  readonly benchCase: string
  /** ISO 8601. */
  readonly takenAt: string
  readonly options: CaseOptions
  readonly machine: Machine
  readonly missing: Missing
  readonly rounds: readonly Round[]
}

/** A case with its newest samples. */
export interface SampledCase {
  readonly benchCase: BenchCase
  readonly samples: Samples
}

export function describeMachine(loadBefore: number): Machine {
  return {
    node: process.version,
    cpu: cpus()[0]?.model ?? 'unknown processor',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()}`,
    loadBefore,
    loadAfter: loadavg()[0] ?? 0,
  }
}

/** Keeps a case's samples beside the older ones, whole or not at all, and says where. */
export function keepSamples(folder: string, samples: Samples): string {
  const own = join(folder, samples.benchCase)
  mkdirSync(own, { recursive: true })
  const path = join(own, `${samples.takenAt.replaceAll(':', '')}.json`)
  writeFileSync(`${path}.part`, `${JSON.stringify(samples, undefined, 1)}\n`)
  renameSync(`${path}.part`, path)
  return path
}

/** The newest samples of each of these cases, without those that were never measured. */
export function newestSamples(folder: string, cases: readonly BenchCase[]): SampledCase[] {
  return cases.flatMap((benchCase) => {
    const own = join(folder, benchCase.name)
    // File names are times, so the last one is the newest.
    const newest = filesIn(own).toSorted().at(-1)
    if (newest === undefined) return []
    // keepSamples wrote it.
    const samples = JSON.parse(readFileSync(join(own, newest), 'utf8')) as Samples
    return [{ benchCase, samples }]
  })
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json'))
  } catch (error) {
    // Never measured.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
