import type { BenchCase, Side } from '../../bench-case.ts'
import { requireCounts } from '../../require-counts.ts'
import { fanfoldSide } from '../../sides/fanfold-side.ts'
import { databasePath, expectedFails, makeDatabase, makeIds } from './known-customers.ts'

/** What one query for many tasks gains over one for each, where the database is as near as it can be. */
export const prefetch: BenchCase = {
  name: 'prefetch-sqlite',
  title: 'ids looked up in SQLite: one query a task, and one for up to 500 (prefetch)',
  fairness: 'Before the clock: process, threads, modules, the open database, the ids. In it: everything else.',
  defaultTasks: 200_000,
  prepare: async () => makeDatabase(),
  sides: [
    lookUpSide('fanfold, a query a task', new URL('./one-by-one.ts', import.meta.url)),
    lookUpSide('fanfold, prefetch', new URL('./prefetched.ts', import.meta.url)),
  ],
  validate: (counts, tasks) =>
    requireCounts(counts, { pass: tasks - expectedFails(tasks), fail: expectedFails(tasks) }),
  targets: [
    {
      id: 'prefetch over SQLite, 500 a group, against one query a task',
      measure: 'speed',
      side: 'fanfold, prefetch',
      against: 'fanfold, a query a task',
      atLeast: 2,
    },
  ],
}

function lookUpSide(name: string, verifier: URL): Side {
  return fanfoldSide<number>({
    name,
    verifier,
    config: () => ({ path: databasePath() }),
    source: ({ tasks }) => {
      const ids = makeIds(tasks)
      return () => ids
    },
  })
}
