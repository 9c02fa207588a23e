import type { RunOptions } from '@fanfold/core'
import type { BenchCase, Side } from '../../bench-case.ts'
import { bareWorkerThreads } from '../../peers/bare-worker-threads.ts'
import { pMap } from '../../peers/p-map.ts'
import type { Peer } from '../../peers/peer.ts'

import { plantedCounts } from '../../planted.ts'
import { requireCounts } from '../../require-counts.ts'
import { fanfoldSide } from '../../sides/fanfold-side.ts'
import { makeIbans } from '../strings-iban/iban.ts'
import { piscinaAsync } from './piscina-side.ts'

/** Tasks that are waited for at once, on all sides. */
const CONCURRENCY = 50
const taskModule = new URL('./lookup.ts', import.meta.url)

/** Where no core is needed: one thread is enough, and Fanfold should not be worse than that. */
export const async5ms: BenchCase = {
  name: 'async-5ms',
  title: `async checks that wait 5 ms, ${CONCURRENCY} at once over all threads; ideal is 100 µs a task`,
  fairness:
    'Before the clock: process, threads, modules, strings. In it: starting each check, waiting, counting. The loop waits ' +
    'for one after the other, and gets a hundredth of the tasks.',
  defaultTasks: 5_000,
  quickTasks: 500,
  prepare: async () => {},
  sides: [
    peerSide(pMap),
    oneAfterTheOther(),
    peerSide(bareWorkerThreads),
    piscinaAsync(taskModule, CONCURRENCY),
    fanfold('fanfold', { concurrency: CONCURRENCY }),
    // It finds by itself that so many are worth it.
    fanfold('fanfold, by default', {}),
  ],
  validate: (counts, tasks) => requireCounts(counts, plantedCounts(tasks)),
  targets: [
    {
      id: 'async checks of 5 ms, 50 at once, against p-map on one thread',
      measure: 'speed',
      side: 'fanfold',
      against: 'p-map',
      atLeast: 0.98,
    },
  ],
}

function fanfold(name: string, options: RunOptions): Side {
  return fanfoldSide<string>({
    name,
    verifier: taskModule,
    source: ({ tasks }) => {
      const texts = makeIbans(tasks)
      return () => texts
    },
    options,
  })
}

function peerSide(peer: Peer): Side {
  return {
    name: peer.name,
    async setup({ tasks, threads }) {
      const texts = makeIbans(tasks)
      const running = await peer.start({ threads, taskModule })
      return { tasks, run: () => running.each(texts, CONCURRENCY), close: () => running.close() }
    },
  }
}

function oneAfterTheOther(): Side {
  return {
    name: 'one loop',
    async setup(options) {
      const tasks = Math.ceil(options.tasks / 100)
      const texts = makeIbans(tasks)
      const running = await pMap.start({ threads: 1, taskModule })
      return { tasks, run: () => running.each(texts, 1), close: () => running.close() }
    },
  }
}
