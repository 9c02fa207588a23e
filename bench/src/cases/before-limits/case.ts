import type { BenchCase, Side } from '../../bench-case.ts'
import { requireCounts } from '../../require-counts.ts'
import { customersFile, expectedCounts as plantedCustomers } from '../ndjson-json-schema/customers.ts'
import { expectedCounts as plantedIbans } from '../strings-iban/iban.ts'
import { buildBefore, ndjsonSides, stringSides } from './sides.ts'

const FAIRNESS =
  'The code of the last commit before limits is taken from the history, installed and built. Both run the same program and ' +
  'the same verifier, a plain function, with no limits. Before the clock: process, threads, modules, input.'

/** Whether a run without limits pays for those of others. */
export const beforeLimitsNdjson: BenchCase = {
  name: 'before-limits-ndjson',
  title: 'an NDJSON file of 235-byte records and a cheap check, before there were limits and now',
  fairness: FAIRNESS,
  defaultTasks: 1_000_000,
  prepare: async ({ tasks }) => {
    buildBefore()
    await customersFile(tasks)
  },
  sides: ndjsonSides,
  validate: (counts, tasks) => requireCounts(counts, plantedCustomers(tasks)),
  targets: [keptSpeed('NDJSON', ndjsonSides)],
}

/** The same of tasks that cost next to nothing: what Fanfold itself does is nearly all there is. */
export const beforeLimitsStrings: BenchCase = {
  name: 'before-limits-strings',
  title: 'IBANs in memory, before there were limits and now',
  fairness: FAIRNESS,
  defaultTasks: 2_000_000,
  prepare: async () => buildBefore(),
  sides: stringSides,
  validate: (counts, tasks) => requireCounts(counts, plantedIbans(tasks)),
  targets: [keptSpeed('strings', stringSides)],
}

function keptSpeed(of: string, [before, now]: readonly [Side, Side]): BenchCase['targets'][number] {
  return {
    id: `no limits, ${of}: now against before`,
    measure: 'speed',
    side: now.name,
    against: before.name,
    atLeast: 0.98,
  }
}
