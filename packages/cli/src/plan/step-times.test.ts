import type { CheckOutcome, Outcome } from '@fanfold/core'
import { expect, test } from 'vitest'
import { SampleTimes } from './step-times.ts'
import { stepsOf } from './steps.ts'

const steps = stepsOf([
  { name: 'parse', after: [], barriers: 0 },
  { name: 'crm', after: ['parse'], barriers: 0 },
  { name: 'billing', after: ['parse'], barriers: 0 },
])

function ran(durationMs: number): CheckOutcome {
  return { status: 'completed', verdict: 'pass', attempts: 1, durationMs }
}

const skipped: CheckOutcome = { status: 'skipped', by: 'parse', attempts: 0, durationMs: 0 }

function outcome(parse: CheckOutcome, crm: CheckOutcome, billing: CheckOutcome): Outcome {
  return {
    index: 0,
    status: 'completed',
    verdict: 'pass',
    attempts: 1,
    durationMs: 0,
    checks: { parse, crm, billing },
  }
}

test('a check has the times of the records for which it ran; a record, those of all its checks', () => {
  const times = new SampleTimes(steps)
  times.add(outcome(ran(1), ran(10), ran(20)))
  times.add(outcome(ran(1), ran(40), ran(20)))
  times.add(outcome(ran(4), skipped, ran(20)))
  expect(times.steps()).toEqual([
    { records: 3, meanMs: 2, p50Ms: 1, maxMs: 4 },
    { records: 2, meanMs: 25, p50Ms: 10, maxMs: 40 },
    { records: 3, meanMs: 20, p50Ms: 20, maxMs: 20 },
  ])
  // Now one check is the slower one, now the other: the mean of the paths is longer than the path of the means.
  expect(times.perRecord(6)).toEqual({
    sequentialMs: (31 + 61 + 24) / 3,
    criticalMs: (21 + 41 + 24) / 3,
    cpuMs: 2,
    halfCriticalMs: 24,
    slowestMs: 41,
  })
  // Over all records the one that is often skipped is the faster one.
  expect(times.path().places).toEqual([0, 2])
})

test('a record that was aborted is not counted', () => {
  const times = new SampleTimes(steps)
  times.add({ index: 0, status: 'aborted', attempts: 0, durationMs: 0 })
  expect(times.records).toBe(0)
  expect(times.steps()[0]).toEqual({ records: 0, meanMs: 0, p50Ms: 0, maxMs: 0 })
})
