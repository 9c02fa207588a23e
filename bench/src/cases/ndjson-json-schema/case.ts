import type { BenchCase } from '../../bench-case.ts'
import { requireCounts } from '../../require-counts.ts'
import { customersFile, expectedCounts } from './customers.ts'
import { fanfold, oneLoop, staticSplit } from './sides.ts'

/** A file against a schema: the case that Fanfold is built for. */
export const ndjsonJsonSchema: BenchCase = {
  name: 'ndjson-json-schema',
  title: 'an NDJSON file of 235-byte records against a JSON Schema (Ajv 8, draft 2020-12)',
  fairness:
    'Before the clock: process, threads, modules, compiled schema, file in the page cache. In it: open, read, cut, parse, ' +
    'validate, count valid and invalid. Fanfold also times every task and accounts for it; the others do not.',
  defaultTasks: 1_000_000,
  prepare: async ({ tasks }) => void (await customersFile(tasks)),
  sides: [oneLoop, staticSplit, fanfold],
  validate: (counts, tasks) => requireCounts(counts, expectedCounts(tasks)),
  targets: [
    {
      id: 'NDJSON × JSON Schema against the bare static split',
      measure: 'speed',
      side: 'fanfold',
      against: 'static split',
      atLeast: 0.97,
    },
  ],
}
