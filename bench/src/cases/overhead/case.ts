import type { Axis, BenchCase, PlotPoint } from '../../bench-case.ts'
import { PEERS, THREAD_PEERS } from '../../peers.ts'
import { requireCounts } from '../../require-counts.ts'
import { fanfold, inBatches, oneLoop, onePerTask } from './sides.ts'
import { expectedSpins } from './spin.ts'
import { COSTS, stepMeasure } from './sweep.ts'

const cost: Axis = { label: 'cost of a task, µs', scale: 'log' }
const ratio: Axis = { label: 'speed, × one loop', scale: 'log' }

/** What fanning out costs a task, whatever the task costs, by every way of doing it. */
export const overhead: BenchCase = {
  name: 'overhead',
  title: 'an integer hash of 0.1 µs to 100 ms a task, by every pool (numbers in memory)',
  fairness:
    'Before the clock: process, threads, modules, numbers. In it: getting each number to a thread, the hash, counting valid ' +
    'and invalid. Each run goes through all seven costs in one warm process. Pools have 256 tasks in flight, or batches of ' +
    '5 ms of work (at most 5,000 numbers), chosen with the cost known; Fanfold finds its own. Pools get at most 5,000 tasks ' +
    'of a cost one by one, so the times that count are those at each cost, not the sums.',
  defaultTasks: 1_000_000,
  iterations: 2,
  isSweep: true,
  prepare: async () => {},
  sides: [oneLoop, fanfold, ...PEERS.map(onePerTask), ...THREAD_PEERS.map(inBatches)],
  validate: (counts, tasks) => requireCounts(counts, expectedSpins(tasks)),
  targets: [],
  plots: [
    {
      kind: 'lines',
      name: 'overhead-time',
      title: 'Time a task, each by itself',
      x: cost,
      y: { label: 'time a task, µs', scale: 'log' },
      points: [fanfold, ...PEERS.map(onePerTask), oneLoop].flatMap(({ name }) =>
        COSTS.map((x): PlotPoint => ({ line: name, x, side: name, measure: stepMeasure(x) })),
      ),
    },
    {
      kind: 'lines',
      name: 'overhead-per-task',
      title: 'When fanning out pays, each task by itself',
      x: cost,
      y: ratio,
      points: [fanfold, ...PEERS.map(onePerTask)].flatMap(({ name }) => speedPoints(name)),
      ideal: {
        name: 'one loop',
        points: [
          [COSTS[0]!, 1],
          [COSTS.at(-1)!, 1],
        ],
      },
    },
    {
      kind: 'lines',
      name: 'overhead-batched',
      title: 'When fanning out pays, tasks batched by hand',
      x: cost,
      y: ratio,
      points: [fanfold, ...THREAD_PEERS.map(inBatches)].flatMap(({ name }) => speedPoints(name)),
      ideal: {
        name: 'one loop',
        points: [
          [COSTS[0]!, 1],
          [COSTS.at(-1)!, 1],
        ],
      },
    },
  ],
}

/** How many times as fast as the loop, at each cost. */
function speedPoints(side: string): PlotPoint[] {
  return COSTS.map((x) => ({
    line: side,
    x,
    // Times, so the loop's is divided by the side's.
    side: oneLoop.name,
    against: side,
    measure: stepMeasure(x),
  }))
}
