import type { BenchCase, Counts, RunResult, Side } from '../../bench-case.ts'
import { answerOf } from '../../fresh-process.ts'
import { plantedCounts } from '../../planted.ts'
import { requireCounts } from '../../require-counts.ts'
import { BLOCK_RECORDS } from './records.ts'

/** A part of the whole batch that is small enough for every side; the others need not be shown to hold no more. */
const TENTH = 10
const PROGRAMS = ['one-loop', 'bare-blocks', 'fanfold'] as const
type Program = (typeof PROGRAMS)[number]
/** The whole batch, a tenth and a hundredth of it. */
const SIZES: readonly (readonly [Program, part: number])[] = [
  ...PROGRAMS.map((program) => [program, TENTH] as const),
  ...PROGRAMS.map((program) => [program, TENTH * TENTH] as const),
  ['fanfold', 1],
]

/** What is held is bounded, so ten times as many records should take as much memory. */
export const memory: BenchCase = {
  name: 'memory',
  title:
    'peak memory of a stream of 90-byte NDJSON records, read through `batches()`: all, a tenth, a hundredth of them',
  fairness:
    'Each run is a fresh process, whose peak is what the system counted (maxRSS, all threads). The stream is made in it, ' +
    'block by block, and costs all sides the same. `bare-blocks` has two blocks of 900 KB waiting at each thread.',
  defaultTasks: 10_000_000,
  quickTasks: 1_000_000,
  iterations: 1,
  prepare: async () => {},
  sides: [memorySide('one-loop', TENTH), ...SIZES.slice(1).map(([program, part]) => memorySide(program, part))],
  validate: (counts, tasks) => requireCounts(counts, plantedCounts(tasks)),
  targets: [
    {
      id: '10 million records through batches(), peak memory against 1 million',
      measure: 'peakMb',
      side: sideName('fanfold', 1),
      against: sideName('fanfold', TENTH),
      atMost: 1.2,
    },
  ],
  plots: [
    {
      kind: 'lines',
      name: 'memory',
      title: 'Peak memory against the size of the batch',
      x: { label: 'records', scale: 'log' },
      y: { label: 'peak resident memory, MB', scale: 'linear' },
      points: SIZES.map(([program, part]) => ({
        line: program,
        x: 10_000_000 / part,
        side: sideName(program, part),
        measure: 'peakMb',
      })),
    },
  ],
  mainThread: 'busy',
}

function sideName(program: Program, part: number): string {
  return part === 1 ? program : `${program}, 1/${part}`
}

function memorySide(program: Program, part: number): Side {
  return {
    name: sideName(program, part),
    async setup(options) {
      // Whole blocks.
      const tasks = Math.max(1, Math.round(options.tasks / part / BLOCK_RECORDS)) * BLOCK_RECORDS
      const file = new URL(`./programs/${program}.ts`, import.meta.url)
      const run = async (): Promise<RunResult> => {
        const { answer, usage } = await answerOf<Counts>(file, [String(tasks), String(options.threads)])
        return { ...answer, measures: usage }
      }
      return { tasks, run, close: async () => {} }
    },
  }
}
