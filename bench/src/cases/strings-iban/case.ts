import type { BenchCase } from '../../bench-case.ts'
import { requireCounts } from '../../require-counts.ts'
import { expectedCounts } from './iban.ts'
import { PISCINA_EACH, peersBatched, peersPerTask } from './peer-sides.ts'
import { fanfoldBatches, fanfoldReport, oneLoop } from './sides.ts'
import { handBatched } from './tuned-batches.ts'

/** Tasks that cost a tenth of a microsecond: what is left to see is what fanning out costs. */
export const stringsIban: BenchCase = {
  name: 'strings-iban',
  title: 'IBANs in memory, mod 97 (0.1 µs each; where fanning out loses to one loop)',
  fairness:
    'Before the clock: process, threads, modules, strings. In it: getting each string to a thread, checking it, counting ' +
    'valid and invalid. `fanfold batches` also hands each verdict to the consumer. Pools that are called for each string get a twentieth of them. ' +
    '`batches by hand` tries sizes and numbers of messages in flight before the clock, and takes the fastest.',
  defaultTasks: 1_000_000,
  prepare: async () => {},
  sides: [oneLoop, handBatched, ...peersBatched, fanfoldReport, fanfoldBatches, ...peersPerTask],
  validate: (counts, tasks) => requireCounts(counts, expectedCounts(tasks)),
  targets: [
    {
      id: 'cheap strings against piscina.run per task',
      measure: 'speed',
      side: 'fanfold report',
      against: PISCINA_EACH,
      atLeast: 100,
    },
    {
      id: 'cheap strings against batches by hand',
      measure: 'speed',
      side: 'fanfold report',
      against: 'batches by hand',
      atLeast: 1,
    },
  ],
}
