import type { BenchCase } from '../../bench-case.ts'
import { plantedCounts } from '../../planted.ts'
import { requireCounts } from '../../require-counts.ts'
import { bareBatches, bareEach, fanfoldBatches, fanfoldEach, oneLoop } from './sides.ts'

/** What comes back is large: 10 KB that one thread has to take apart, however many made it. */
export const largeValues: BenchCase = {
  name: 'large-values',
  title: 'outcomes whose value is an object of 10 KB, all of which the consumer reads (where fanning out may lose)',
  fairness:
    'Before the clock: process, threads, modules. In it: making each value in a thread, getting it to the main thread, ' +
    'reading it there. In one loop nothing has to be moved.',
  defaultTasks: 10_000,
  iterations: 2,
  prepare: async () => {},
  sides: [oneLoop, bareEach, bareBatches, fanfoldEach, fanfoldBatches],
  validate: (counts, tasks) => requireCounts(counts, plantedCounts(tasks)),
  targets: [],
  mainThread: 'busy',
}
