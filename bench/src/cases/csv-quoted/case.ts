import { csv } from '@fanfold/core'
import type { BenchCase } from '../../bench-case.ts'
import { plantedCounts } from '../../planted.ts'
import { requireCounts } from '../../require-counts.ts'
import { loopSide, splitSide } from '../../sides/bare-sides.ts'
import { fanfoldSide } from '../../sides/fanfold-side.ts'
import { countStretch, cutByQuotes } from './count-csv.ts'
import { papaLoop } from './papa-loop.ts'
import type { Ticket } from './rows.ts'
import { ticketsFile } from './rows.ts'

/** Line ends in quotes: a file that cannot be cut without reading all of it. */
export const csvQuoted: BenchCase = {
  name: 'csv-quoted',
  title: 'a CSV file of 160-byte rows, a third of them with line ends in quotes; a few rules over strings',
  fairness:
    'Before the clock: process, threads, modules, file in the page cache. In it: open, read, cut, parse, check, count. The ' +
    'split by an oracle was told before the clock where rows begin: no program can know that without having counted the ' +
    'quotes of the whole file, so there is no bare static split of CSV, and this is a limit out of reach.',
  defaultTasks: 300_000,
  prepare: async ({ tasks }) => void (await ticketsFile(tasks)),
  sides: [
    papaLoop,
    loopSide(
      'one loop, whole file at once',
      async ({ tasks }) => cutByQuotes(await ticketsFile(tasks), 1)[0]!,
      countStretch,
    ),
    splitSide('split by an oracle', new URL('./csv-thread.ts', import.meta.url), async ({ tasks, threads }) =>
      cutByQuotes(await ticketsFile(tasks), threads),
    ),
    fanfoldSide<Ticket>({
      name: 'fanfold',
      verifier: new URL('./verify-ticket.ts', import.meta.url),
      source: async ({ tasks }) => {
        const path = await ticketsFile(tasks)
        return () => csv<Ticket>(path)
      },
    }),
  ],
  validate: (counts, tasks) => requireCounts(counts, plantedCounts(tasks)),
  targets: [],
}
