import type { BenchCase } from '../../bench-case.ts'
import { plantedCounts } from '../../planted.ts'
import { requireCounts } from '../../require-counts.ts'
import { customersFile } from '../ndjson-json-schema/customers.ts'
import { readlineLoop } from '../ndjson-json-schema/readline-loop.ts'
import { fanfold, staticSplit } from './sides.ts'

/** How long a consumer waits for something to do. */
export const firstOutcome: BenchCase = {
  name: 'first-outcome',
  title: 'the first outcome of an NDJSON file, against a JSON Schema, with everything warm',
  fairness:
    'Before the clock: process, threads, modules, schema, and one run of the same file, which is in the page cache. ' +
    'firstOutcomeMs is from the call of `run()` to the first outcome in the consumer’s hands; the time is of the whole file.',
  defaultTasks: 1_000_000,
  iterations: 2,
  prepare: async ({ tasks }) => void (await customersFile(tasks)),
  sides: [readlineLoop, staticSplit, fanfold],
  validate: (counts, tasks) => requireCounts(counts, plantedCounts(tasks)),
  targets: [
    {
      id: 'first outcome of a 1-million-record file, ms from run() on a warm engine',
      measure: 'firstOutcomeMs',
      side: 'fanfold',
      atMost: 150,
    },
  ],
}
