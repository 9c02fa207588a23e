import { Engine } from '@fanfold/core'
import type { LimitOptions, Report } from '@fanfold/core'
import type { BenchCase, CaseOptions, RunResult, Side } from '../../bench-case.ts'
import { requireCounts } from '../../require-counts.ts'
import { fanfoldSide } from '../../sides/fanfold-side.ts'
import { startService } from './service.ts'
import type { Service } from './service.ts'

const asking = new URL('./ask-service.ts', import.meta.url)
const CAPACITY = 50
const SERVICE_MS = 40
/** Fixed limits that are tried before the clock starts. */
const CANDIDATES = [30, 40, 45, 50, 55, 70]
const TRIED_TASKS = 1_500
/** A task that was rejected is tried again; far more often than any will be. */
const RETRY = { retries: 1_000, baseMs: 20 } as const

/** Whether an adaptive limit finds what a downstream bears, beside the best fixed one. */
export const limitsAdaptive: BenchCase = {
  name: 'limits-adaptive',
  title: `requests to a service that rejects above ${CAPACITY} at once and takes ${SERVICE_MS} ms for the others`,
  fairness:
    'Before the clock: process, threads, modules, the service (in a process of its own). In it: asking until every task has ' +
    'its answer; what was rejected is asked again. The fixed limit is the fastest of ' +
    `${CANDIDATES.join(', ')}, tried before the clock. The adaptive one starts at 50 and is told nothing.`,
  defaultTasks: 10_000,
  quickTasks: 1_000,
  iterations: 1,
  prepare: async () => {},
  sides: [
    serviceSide('fanfold, best fixed limit', async (options, service) => ({
      concurrency: await bestFixed(options, service),
    })),
    serviceSide('fanfold, adaptive limit', async () => ({ adaptive: true })),
    serviceSide('fanfold, adaptive limit from 200', async () => ({ adaptive: true, concurrency: 200 })),
  ],
  validate: (counts, tasks) => requireCounts(counts, { pass: tasks, fail: 0 }),
  targets: [
    {
      id: 'adaptive limit against the best fixed one',
      measure: 'speed',
      side: 'fanfold, adaptive limit',
      against: 'fanfold, best fixed limit',
      atLeast: 0.95,
    },
    { id: 'calls rejected, adaptive limit', measure: 'rejectedPercent', side: 'fanfold, adaptive limit', atMost: 1 },
  ],
}

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
  sides: [serviceSide('fanfold', async () => ({ rate: RATE }), 2)],
  validate: (counts, tasks) => requireCounts(counts, { pass: tasks, fail: 0 }),
  targets: [
    { id: 'rate 100/s: requests in any second', measure: 'densest', side: 'fanfold', atMost: 105 },
    { id: 'rate 100/s: requests a second, on average', measure: 'perWindow', side: 'fanfold', atLeast: 95 },
  ],
}

/** @param runs - at once, which share the tasks */
function serviceSide(
  name: string,
  limitFor: (options: CaseOptions, service: Service) => Promise<LimitOptions>,
  runs: number = 1,
): Side {
  return {
    name,
    async setup(options) {
      const service = await startService(CAPACITY, SERVICE_MS)
      const engine = new Engine({ threads: options.threads, limits: { service: await limitFor(options, service) } })
      return {
        tasks: options.tasks,
        run: async () => {
          const each = Math.ceil(options.tasks / runs)
          const reports = await Promise.all(Array.from({ length: runs }, () => ask(engine, service, each)))
          return resultOf(reports, await service.account())
        },
        close: async () => {
          await engine.close()
          await service.close()
        },
      }
    },
  }
}

function ask(engine: Engine, { url }: Service, tasks: number): Promise<Report> {
  const items = Array.from({ length: tasks }, (_, n) => n)
  return engine.run(asking, items, { config: { url }, concurrency: 1_000, retry: RETRY }).report()
}

function resultOf(reports: readonly Report[], account: Awaited<ReturnType<Service['account']>>): RunResult {
  const pass = reports.reduce((sum, { verdicts }) => sum + verdicts.pass, 0)
  const total = reports.reduce((sum, report) => sum + report.total, 0)
  const { rejected, densest, perWindow } = account
  return {
    pass,
    fail: total - pass,
    measures: { rejectedPercent: (100 * rejected) / (total + rejected), densest, perWindow },
  }
}

async function bestFixed({ threads }: CaseOptions, service: Service): Promise<number> {
  let best = { concurrency: 0, ms: Infinity }
  for (const concurrency of CANDIDATES) {
    const engine = new Engine({ threads, limits: { service: { concurrency } } })
    const startedAt = performance.now()
    await ask(engine, service, TRIED_TASKS)
    const ms = performance.now() - startedAt
    await engine.close()
    if (ms < best.ms) best = { concurrency, ms }
  }
  await service.account()
  return best.concurrency
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
