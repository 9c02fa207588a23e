import type { BenchCase, Side } from '../../bench-case.ts'
import { plantedCounts } from '../../planted.ts'
import { requireCounts } from '../../require-counts.ts'
import { loopSide, nextFreeSide, splitSide, cutInto, splitEvenly } from '../../sides/bare-sides.ts'
import { awaitReport, fanfoldSide, readBatches, readEach } from '../../sides/fanfold-side.ts'
import type { FanfoldPlan } from '../../sides/fanfold-side.ts'
import { countIbans, makeIbans } from '../strings-iban/iban.ts'

const BATCH = 5_000
const thread = new URL('../strings-iban/batch-thread.ts', import.meta.url)

/** What it costs to look at outcomes; on tasks so cheap that the consumer, in the main thread, is what takes the time. */
export const consumers: BenchCase = {
  name: 'consumers',
  title: 'IBANs in memory (0.1 µs each), by what the consumer does with the outcomes',
  fairness:
    'Before the clock: process, threads, modules, strings. In it: getting each string to a thread, checking it, and ' +
    'what the name says. The bare threads answer with counts: there is nothing to read one by one.',
  defaultTasks: 1_000_000,
  prepare: async () => {},
  sides: [
    loopSide('one loop', ({ tasks }) => makeIbans(tasks), countIbans),
    splitSide('bare split', thread, ({ tasks, threads }) => splitEvenly(makeIbans(tasks), threads)),
    nextFreeSide('bare batches', thread, 2, ({ tasks }) => cutInto(makeIbans(tasks), BATCH)),
    consumer('fanfold report', awaitReport),
    consumer('fanfold batches', readBatches),
    consumer('fanfold each', readEach),
  ],
  validate: (counts, tasks) => requireCounts(counts, plantedCounts(tasks)),
  targets: [
    {
      id: 'every outcome with for await, µs an outcome more than batches()',
      measure: 'microseconds',
      side: 'fanfold each',
      against: 'fanfold batches',
      compare: 'difference',
      atMost: 0.3,
    },
  ],
}

function consumer(name: string, consume: NonNullable<FanfoldPlan<string>['consume']>): Side {
  return fanfoldSide<string>({
    name,
    verifier: new URL('../strings-iban/verify-iban.ts', import.meta.url),
    source: ({ tasks }) => {
      const texts = makeIbans(tasks)
      return () => texts
    },
    consume,
  })
}
