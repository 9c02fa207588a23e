import type { BenchCase, Side } from '../src/bench-case.ts'
import type { Measurement } from '../src/measure-side.ts'
import type { Round } from '../src/rounds.ts'
import type { SampledCase } from '../src/samples.ts'

/** A case that is never run: its samples are given. */
export function madeUpCase(sides: readonly string[], more: Partial<BenchCase> = {}): BenchCase {
  const [first, ...others] = sides.map(madeUpSide)
  return {
    name: 'made-up',
    title: 'nothing in particular',
    fairness: 'All alike.',
    defaultTasks: 1000,
    prepare: async () => {},
    sides: [first!, ...others],
    validate: () => {},
    targets: [],
    ...more,
  }
}

/** One round from the ms that a thousand tasks took on each side. */
export function roundOf(times: Readonly<Record<string, number>>, more: Partial<Measurement> = {}): Round {
  return Object.fromEntries(Object.entries(times).map(([side, ms]) => [side, { ...measured(ms), ...more }]))
}

export function sampledOf(benchCase: BenchCase, rounds: readonly Round[]): SampledCase {
  return {
    benchCase,
    samples: {
      benchCase: benchCase.name,
      takenAt: '2026-11-24T12:00:00.000Z',
      options: { tasks: 1000, threads: 2 },
      machine: {
        node: 'v24.0.0',
        cpu: 'a processor',
        cores: 2,
        memoryGb: 4,
        system: 'linux 6',
        loadBefore: 0.1,
        loadAfter: 1.9,
      },
      missing: {},
      rounds,
    },
  }
}

function measured(ms: number): Measurement {
  return { tasks: 1000, firstMs: 2 * ms, samplesMs: [ms, ms, 10 * ms], cpuMs: ms, stallP99Ms: 1, measures: {} }
}

function madeUpSide(name: string): Side {
  return {
    name,
    setup: async () => {
      throw new Error(`${name} is not run in this test`)
    },
  }
}
