import type { BenchCase } from '../../bench-case.ts'
import { plantedCounts } from '../../planted.ts'
import { requireCounts } from '../../require-counts.ts'
import { BATCHES } from './claims.ts'
import { bareBatches, bareOneAtATime, fanfold, oneLoop, staticSplit } from './sides.ts'

/** In each batch one task is as long as a quarter of all others together: whoever holds tasks behind it is late. */
export const heavyTail: BenchCase = {
  name: 'heavy-tail',
  title: `costs by Pareto (median 50 µs, shape 1.5), in memory; in each of ${BATCHES} batches one task of 1,000 × the median`,
  fairness:
    'Fixed work a task, never a clock. Before the clock: process, threads, modules, tasks. In it: getting the tasks to ' +
    'the threads, doing them, counting. `bare, one at a time` is the shortest makespan without knowing the costs.',
  defaultTasks: 10_000,
  prepare: async () => {},
  sides: [oneLoop, staticSplit, bareOneAtATime, bareBatches, fanfold],
  plots: [
    {
      kind: 'bars',
      name: 'tail',
      title: 'Makespan with one task of 1,000 × the median',
      y: { label: 'makespan, ms', scale: 'linear' },
      measure: 'makespanMs',
    },
  ],
  validate: (counts, tasks) => requireCounts(counts, plantedCounts(tasks)),
  targets: [
    {
      id: 'heavy tail, makespan against bare workers that take one task at a time',
      measure: 'makespanMs',
      side: 'fanfold',
      against: 'bare, one at a time',
      atMost: 1.03,
    },
  ],
}
