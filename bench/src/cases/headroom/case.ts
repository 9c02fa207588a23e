import type { BenchCase } from '../../bench-case.ts'
import { plantedCounts } from '../../planted.ts'
import { requireCounts } from '../../require-counts.ts'
import { customersFile } from '../ndjson-json-schema/customers.ts'
import { oneLoop } from '../ndjson-json-schema/sides.ts'
import { MORE_THREADS, SHARES, fanfoldBeside, fanfoldName, splitBeside } from './sides.ts'

const TASKS = 300_000

/** What `threads` should be where the main thread has work of its own. */
export const headroom: BenchCase = {
  name: 'headroom',
  title:
    'NDJSON × JSON Schema beside a main thread that is busy for 0, 50 or 90% of its time, by the number of threads',
  fairness:
    'The main thread’s own work is fixed: a chain of integer steps every 10 ms, which takes so much of them when it is ' +
    'alone. ownTook… says how long it takes beside the batch, ownLate… how late it starts, ownTurnsPerS how many of 100 ' +
    'turns a second are left; alone… is the same without a batch.',
  defaultTasks: TASKS,
  iterations: 2,
  prepare: async ({ tasks }) => void (await customersFile(tasks)),
  sides: [
    oneLoop,
    ...SHARES.flatMap((share) => [splitBeside(share), ...MORE_THREADS.map((more) => fanfoldBeside(share, more))]),
  ],
  validate: (counts, tasks) => requireCounts(counts, plantedCounts(tasks)),
  targets: [],
  plots: [
    {
      kind: 'lines',
      name: 'headroom',
      title: 'Throughput beside a busy main thread, by the number of threads',
      x: { label: 'threads more than cores', scale: 'linear' },
      y: { label: 'speed, × one loop', scale: 'linear' },
      points: SHARES.flatMap((share) =>
        MORE_THREADS.map((more) => ({
          line: `main thread ${share * 100}% busy`,
          x: more,
          side: fanfoldName(share, more),
          measure: 'speed',
          against: oneLoop.name,
        })),
      ),
    },
  ],
  mainThread: 'busy',
}
