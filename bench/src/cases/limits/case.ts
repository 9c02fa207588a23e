import type { BenchCase, Side } from '../../bench-case.ts'
import { requireCounts } from '../../require-counts.ts'
import { fanfoldSide } from '../../sides/fanfold-side.ts'
import { densestWindow } from './densest-window.ts'
import { serviceSide } from './service-side.ts'

/** What a permit costs when nobody has to wait for one. */
export const limitsPermit: BenchCase = {
  name: 'limits-permit',
  title: 'an async check that goes through a limit, and one that does not, 100 in flight',
  fairness: 'Before the clock: process, threads, modules, numbers. In it: everything else.',
  defaultTasks: 100_000,
  prepare: async () => {},
  sides: [
    permitSide('fanfold, no limit', new URL('./take-none.ts', import.meta.url)),
    permitSide('fanfold, a permit', new URL('./take-permit.ts', import.meta.url)),
  ],
  validate: (counts, tasks) => requireCounts(counts, { pass: tasks, fail: 0 }),
  targets: [
    {
      id: 'a permit, uncontended, 50 in flight a thread',
      measure: 'microseconds',
      side: 'fanfold, a permit',
      against: 'fanfold, no limit',
      compare: 'difference',
      atMost: 20,
    },
  ],
}

const RATE = { count: 100, perMs: 1_000 }
const SERVICE_MS = 40
/** More than ever come at once. */
const CAPACITY = 1_000

/** Whether a rate is kept by several threads and runs together. */
export const limitsRate: BenchCase = {
  name: 'limits-rate',
  title: 'requests at 100 a second, over 2 threads and 2 runs at once',
  fairness: 'The service counts what comes in each second, wherever that begins. It runs in a process of its own.',
  defaultTasks: 1_000,
  quickTasks: 200,
  iterations: 1,
  isSweep: true,
  prepare: async () => {},
  sides: [
    serviceSide({
      name: 'fanfold',
      service: () => ({ ms: SERVICE_MS, capacities: [{ afterServed: 0, requests: CAPACITY }] }),
      limit: async () => ({ rate: RATE }),
      runs: 2,
      measures: ({ account }) => ({ ...densestWindow(account.arrivals, RATE.perMs) }),
    }),
  ],
  validate: (counts, tasks) => requireCounts(counts, { pass: tasks, fail: 0 }),
  targets: [
    { id: 'rate 100/s: requests in any second', measure: 'densest', side: 'fanfold', atMost: 105 },
    { id: 'rate 100/s: requests a second, on average', measure: 'perWindow', side: 'fanfold', atLeast: 95 },
  ],
}

function permitSide(name: string, verifier: URL): Side {
  return fanfoldSide<number>({
    name,
    verifier,
    source: ({ tasks }) => {
      const numbers = Array.from({ length: tasks }, (_, n) => n)
      return () => numbers
    },
    limits: { free: { concurrency: 1_000 } },
    options: { concurrency: 100 },
  })
}
