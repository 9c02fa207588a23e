import { ndjson } from '@fanfold/core'
import type { BenchCase, Side } from '../../bench-case.ts'
import { requireCounts } from '../../require-counts.ts'
import { fanfoldSide } from '../../sides/fanfold-side.ts'
import { customersFile, expectedCounts } from '../ndjson-json-schema/customers.ts'

/** What it costs that each of a record's checks has a status of its own. */
export const chain: BenchCase = {
  name: 'chain-cheap',
  title: 'NDJSON records: four cheap checks called in sequence by one verifier, and the same as a chain of four stages',
  fairness: 'Before the clock: process, threads, modules, file in the page cache. In it: everything else.',
  defaultTasks: 500_000,
  prepare: async ({ tasks }) => void (await customersFile(tasks)),
  sides: [
    checkSide('fanfold, one verifier', new URL('./in-sequence.ts', import.meta.url)),
    checkSide('fanfold, a chain', new URL('./in-a-chain.ts', import.meta.url)),
  ],
  validate: (counts, tasks) => requireCounts(counts, expectedCounts(tasks)),
  targets: [
    {
      id: 'a chain of 4 cheap stages, against one verifier that calls the four in sequence',
      measure: 'speed',
      side: 'fanfold, a chain',
      against: 'fanfold, one verifier',
      atLeast: 0.8,
    },
  ],
}

function checkSide(name: string, verifier: URL): Side {
  return fanfoldSide({
    name,
    verifier,
    source: async ({ tasks }) => {
      const path = await customersFile(tasks)
      return () => ndjson(path)
    },
  })
}
