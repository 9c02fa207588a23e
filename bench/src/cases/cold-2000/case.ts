import type { BenchCase } from '../../bench-case.ts'
import { plantedCounts } from '../../planted.ts'
import { requireCounts } from '../../require-counts.ts'
import { buildPrograms } from './built-programs.ts'
import { claimsFile } from './claims-file.ts'
import { bareSplit, commandLine, fanfold, fanfoldTypeScript, oneLoop, oneLoopTypeScript } from './sides.ts'

/** A batch that is hardly worth a thread: starting up must not eat what the second core gains. */
export const cold2000: BenchCase = {
  name: 'cold-2000',
  title: 'NDJSON records of 50 µs each, cold: from the start of a process to its exit',
  fairness:
    'Each run is a fresh process; the file is in the page cache. In the clock: starting Node, importing, starting threads, ' +
    'reading, verifying, counting, closing, exiting. Programs are JavaScript, as a build leaves them, but for those in .ts. ' +
    'The table’s CPU is not theirs: see processCpuMs.',
  defaultTasks: 2_000,
  quickTasks: 2_000,
  iterations: 3,
  prepare: async ({ tasks }) => {
    buildPrograms()
    claimsFile(tasks)
  },
  sides: [oneLoop, bareSplit, fanfold, commandLine, oneLoopTypeScript, fanfoldTypeScript],
  validate: (counts, tasks) => requireCounts(counts, plantedCounts(tasks)),
  targets: [
    {
      id: '2,000 records of 50 µs, cold, time against one loop',
      measure: 'microseconds',
      side: 'fanfold',
      against: 'one loop',
      atMost: 1.2,
    },
  ],
  mainThread: 'busy',
}
