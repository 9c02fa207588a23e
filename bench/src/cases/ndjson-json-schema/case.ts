import type { BenchCase } from '../../bench-case.ts'
import { requireCounts } from '../../require-counts.ts'
import { customersFile, expectedCounts } from './customers.ts'
import { gnuParallel } from './gnu-parallel.ts'
import { readlineLoop } from './readline-loop.ts'
import { fanfold, oneLoop, staticSplit } from './sides.ts'

/** A file against a schema: the case that Fanfold is built for. */
export const ndjsonJsonSchema: BenchCase = {
  name: 'ndjson-json-schema',
  title: 'an NDJSON file of 235-byte records against a JSON Schema (Ajv 8, draft 2020-12)',
  fairness:
    'Before the clock: process, threads, modules, compiled schema, file in the page cache. In it: open, read, cut, parse, ' +
    'validate, count valid and invalid. Fanfold also times every task and accounts for it; the others do not. GNU parallel ' +
    'starts its processes in the clock: it has no way to keep them.',
  defaultTasks: 1_000_000,
  prepare: async ({ tasks }) => void (await customersFile(tasks)),
  sides: [oneLoop, readlineLoop, staticSplit, gnuParallel, fanfold],
  validate: (counts, tasks) => requireCounts(counts, expectedCounts(tasks)),
  targets: [
    {
      id: 'NDJSON × JSON Schema against the bare static split',
      measure: 'speed',
      side: 'fanfold',
      against: 'static split',
      atLeast: 0.97,
    },
    {
      // Of both the speed-up is taken against the same readline loop, which therefore drops out.
      id: 'NDJSON × JSON Schema, share of the speed-up over a readline loop that the bare split reaches',
      measure: 'speed',
      side: 'fanfold',
      against: 'static split',
      atLeast: 0.95,
    },
  ],
}
