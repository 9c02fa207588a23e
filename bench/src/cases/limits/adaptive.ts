import { Engine } from '@fanfold/core'
import type { BenchCase, CaseOptions, Measures, Side, Target } from '../../bench-case.ts'
import { requireCounts } from '../../require-counts.ts'
import { convergenceOf } from './convergence.ts'
import { ask, serviceSide } from './service-side.ts'
import type { Asked } from './service-side.ts'
import type { Service, ServiceTerms } from './service.ts'

const CAPACITY = 50
const SERVICE_MS = 40
/** Fixed limits that are tried before the clock starts. */
const CANDIDATES = [30, 40, 45, 50, 55, 70]
const TRIED_TASKS = 1_500
/** Of the tasks, when the capacity halves, and when it doubles. */
const HALVES_AT = 0.3
const DOUBLES_AT = 0.6
const CONVERGED_WITHIN_MS = 10_000

const CONVERGED =
  'It has converged when it is within a tenth of the capacity, to stay there; 1,000,000 ms: it never was. It starts anew ' +
  'in each run.'

/** Whether an adaptive limit finds what a downstream bears, beside the best fixed one. */
export const limitsAdaptive: BenchCase = {
  name: 'limits-adaptive',
  title: `requests to a service that rejects above ${CAPACITY} at once and takes ${SERVICE_MS} ms for the others`,
  fairness:
    'Before the clock: process, threads, modules, the service (in a process of its own). In it: asking until every task has ' +
    'its answer; what was rejected is asked again. The fixed limit is the fastest of ' +
    `${CANDIDATES.join(', ')}, tried before the clock. The adaptive one starts at 50, 200 or 5, and is told nothing. ` +
    CONVERGED,
  defaultTasks: 10_000,
  quickTasks: 1_000,
  iterations: 1,
  prepare: async () => {},
  sides: [
    serviceSide({
      name: 'fanfold, best fixed limit',
      service: () => steady(CAPACITY),
      limit: async (options, service) => ({ concurrency: await bestFixed(options, service) }),
      measures: (asked) => ({ permits: asked.limit.concurrency!, ...rejectedOf(asked) }),
    }),
    adaptiveSide('fanfold, adaptive limit', 50),
    adaptiveSide('fanfold, adaptive limit from 200', 200),
    adaptiveSide('fanfold, adaptive limit from 5', 5),
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
    ...keptTargets('adaptive limit', 'fanfold, adaptive limit'),
    convergedTarget('adaptive limit from 200: converged after', 'convergedMs', 'fanfold, adaptive limit from 200'),
    convergedTarget('adaptive limit from 5: converged after', 'convergedMs', 'fanfold, adaptive limit from 5'),
  ],
}

const CHANGING = 'fanfold, adaptive limit'

/** Whether an adaptive limit follows a capacity that changes. */
export const limitsChanges: BenchCase = {
  name: 'limits-changes',
  title: `the same when the service bears ${CAPACITY}, then ${CAPACITY / 2}, then ${CAPACITY} again`,
  fairness: `The capacity halves when ${HALVES_AT * 100}% of the tasks are served, and doubles at ${DOUBLES_AT * 100}%. ${CONVERGED}`,
  defaultTasks: 10_000,
  quickTasks: 2_000,
  iterations: 1,
  isSweep: true,
  prepare: async () => {},
  sides: [
    serviceSide({
      name: CHANGING,
      service: ({ tasks }) => ({
        ms: SERVICE_MS,
        capacities: [
          ...steady(CAPACITY).capacities,
          { afterServed: Math.ceil(HALVES_AT * tasks), requests: CAPACITY / 2 },
          { afterServed: Math.ceil(DOUBLES_AT * tasks), requests: CAPACITY },
        ],
      }),
      limit: async () => ({ adaptive: true }),
      measures: (asked) => {
        const { afterMs, rejectedPercent } = convergenceOf(pathOf(asked), asked.account, asked.startedAtMs)
        const [convergedMs, halvedConvergedMs, doubledConvergedMs] = afterMs as [number, number, number] // of each phase
        return {
          ...rejectedOf(asked),
          rejectedAfterPercent: rejectedPercent,
          convergedMs,
          halvedConvergedMs,
          doubledConvergedMs,
        }
      },
    }),
  ],
  validate: (counts, tasks) => requireCounts(counts, { pass: tasks, fail: 0 }),
  targets: [
    convergedTarget('capacity halved: converged again after', 'halvedConvergedMs', CHANGING),
    convergedTarget('capacity doubled: converged again after', 'doubledConvergedMs', CHANGING),
    ...keptTargets('adaptive limit, capacity changes', CHANGING),
  ],
}

function steady(requests: number): ServiceTerms {
  return { ms: SERVICE_MS, capacities: [{ afterServed: 0, requests }] }
}

function adaptiveSide(name: string, concurrency: number): Side {
  return serviceSide({
    name,
    service: () => steady(CAPACITY),
    limit: async () => ({ adaptive: true, concurrency }),
    measures: (asked) => {
      const { afterMs, rejectedPercent } = convergenceOf(pathOf(asked), asked.account, asked.startedAtMs)
      return { ...rejectedOf(asked), rejectedAfterPercent: rejectedPercent, convergedMs: afterMs[0]! }
    },
  })
}

function rejectedOf({ reports, account: { arrivals, rejections } }: Asked): Measures {
  const lost = reports.reduce((sum, { total, verdicts }) => sum + total - verdicts.pass, 0)
  return { lost, rejectedPercent: (100 * rejections.length) / arrivals.length }
}

function pathOf({ reports }: Asked): Parameters<typeof convergenceOf>[0] {
  return reports[0]!.limits!['service']!.path
}

function keptTargets(of: string, side: string): Target[] {
  return [
    { id: `${of}: tasks lost`, measure: 'lost', side, atMost: 0 },
    { id: `${of}: calls rejected after convergence, %`, measure: 'rejectedAfterPercent', side, atMost: 1 },
  ]
}

function convergedTarget(id: string, measure: string, side: string): Target {
  return { id, measure, side, atMost: CONVERGED_WITHIN_MS }
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
