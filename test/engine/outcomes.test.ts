import { FanfoldError, RunError, assertSucceeded, verify } from '@fanfold/core'
import { expect, test } from 'vitest'
import { byIndex, collect, faults, tasks, testEngine } from './fixtures.ts'

test('every kind of answer becomes the outcome that the verifier meant', async () => {
  const run = testEngine().run(faults, [
    { do: 'pass' },
    { do: 'yes' },
    { do: 'no' },
    { do: 'flag', n: 3 },
    { do: 'reason' },
    { do: 'fail' },
    { do: 'value', n: 6 },
    { do: 'sleep', n: 2 },
  ])
  const outcomes = byIndex(await collect(run))
  expect(outcomes.map((outcome) => ({ ...outcome, durationMs: 0 }))).toEqual([
    { index: 0, status: 'completed', verdict: 'pass', attempts: 1, durationMs: 0 },
    { index: 1, status: 'completed', verdict: 'pass', attempts: 1, durationMs: 0 },
    {
      index: 2,
      status: 'completed',
      verdict: 'fail',
      reason: 'rejected',
      issues: [{ reason: 'rejected' }],
      attempts: 1,
      durationMs: 0,
    },
    {
      index: 3,
      status: 'completed',
      verdict: 'flag',
      reason: 'odd',
      issues: [{ reason: 'odd', message: '3 is odd', path: '/n' }, { reason: 'second' }],
      value: { n: 3 },
      attempts: 1,
      durationMs: 0,
    },
    {
      index: 4,
      status: 'completed',
      verdict: 'flag',
      reason: 'just-a-reason',
      issues: [{ reason: 'just-a-reason' }],
      attempts: 1,
      durationMs: 0,
    },
    {
      index: 5,
      status: 'completed',
      verdict: 'fail',
      reason: 'invalid',
      issues: [{ reason: 'invalid' }],
      attempts: 1,
      durationMs: 0,
    },
    {
      index: 6,
      status: 'completed',
      verdict: 'pass',
      value: { n: 6, big: 2n ** 70n, map: new Map([[1, new Uint8Array([1, 2])]]), at: new Date(0) },
      attempts: 1,
      durationMs: 0,
    },
    { index: 7, status: 'completed', verdict: 'pass', value: 2, attempts: 1, durationMs: 0 },
  ])
  const report = await run.report()
  expect(report).toMatchObject({
    result: 'succeeded',
    total: 8,
    sourceExhausted: true,
    verdicts: { pass: 4, flag: 2, fail: 2 },
    reasons: { odd: 1, 'just-a-reason': 1, rejected: 1, invalid: 1 },
  })
})

test('what is no verdict, cannot be sent, or was thrown makes that task errored and no other', async () => {
  const special = {
    1: 'nothing',
    3: 'object',
    5: 'unsendable',
    7: 'throw',
    9: 'throwNull',
    11: 'throwHostile',
    13: 'rejects',
  }
  const outcomes = byIndex(
    await collect(
      testEngine().run(
        faults,
        tasks(15, Object.fromEntries(Object.entries(special).map(([i, kind]) => [i, { do: kind, n: 7 }]))),
      ),
    ),
  )
  for (const outcome of outcomes) expect(outcome.status).toBe(outcome.index in special ? 'errored' : 'completed')
  const errors = outcomes.map((outcome) => ('error' in outcome ? outcome.error : undefined))
  expect(errors[1]).toMatchObject({ code: 'FANFOLD_BAD_VERDICT' })
  expect(errors[3]).toMatchObject({ code: 'FANFOLD_BAD_VERDICT' })
  expect(errors[5]).toMatchObject({ code: 'FANFOLD_NOT_CLONEABLE' })
  expect(errors[5]).toBeInstanceOf(FanfoldError)
  expect(errors[9]).toMatchObject({ cause: null })
  expect(errors[11]).toBeInstanceOf(Error)
  expect(errors[13]).toMatchObject({ message: 'later' })
})

test("a verifier's own error arrives with its name, message, stack, code, cause and own fields", async () => {
  const [outcome] = await collect(testEngine().run(faults, [{ do: 'throw', n: 42 }]))
  expect(outcome).toMatchObject({ status: 'errored', attempts: 1 })
  const error = (outcome as { error: Error }).error
  expect(error).toMatchObject({
    name: 'BillingError',
    message: 'customer 42 cannot be billed',
    code: 'E_BILLING',
    customer: { id: 42 },
  })
  expect(error.stack).toContain('faults.ts')
  expect(error.cause).toMatchObject({ message: 'below zero' })
})

test('an item that cannot be sent is errored, and its neighbours are verified', async () => {
  const items = [
    { do: 'pass' },
    { do: 'pass', f: () => 1 },
    { do: 'pass' },
    { do: 'pass', s: Symbol('s') },
    { do: 'pass' },
  ]
  const outcomes = byIndex(await collect(testEngine().run(faults, items)))
  expect(outcomes.map(({ status, attempts }) => [status, attempts])).toEqual([
    ['completed', 1],
    ['errored', 0],
    ['completed', 1],
    ['errored', 0],
    ['completed', 1],
  ])
  expect(outcomes[1]).toMatchObject({ error: { code: 'FANFOLD_NOT_CLONEABLE' } })
})

test('100,000 nested levels in an item are one errored task, not the end of the batch', async () => {
  let deep: object = {}
  for (let i = 0; i < 100_000; i++) deep = { deep }
  const outcomes = byIndex(await collect(testEngine().run(faults, tasks(10, { 4: { do: 'pass', deep } }))))
  expect(outcomes.map(({ status }) => status)).toEqual(
    outcomes.map(({ index }) => (index === 4 ? 'errored' : 'completed')),
  )
})

test('an empty source is a succeeded run of 0', async () => {
  const { report, outcomes } = await verify(faults, [], { threads: 1 })
  expect(outcomes).toEqual([])
  expect(report).toMatchObject({ result: 'succeeded', total: 0, sourceExhausted: true })
})

test('the counts are exact over many shards, and columns tell what outcomes tell', async () => {
  const engine = testEngine()
  const run = engine.run(
    faults,
    tasks(50_000, { 7: { do: 'flag', n: 7 }, 40_000: { do: 'throw' }, 49_999: { do: 'fail' } }),
  )
  const seen = new Uint8Array(50_000)
  const verdicts = [0, 0, 0]
  for await (const batch of run.batches()) {
    for (let i = 0; i < batch.length; i++) {
      const outcome = batch.at(i)
      seen[outcome.index]!++
      if (batch.statuses[i] === 0) verdicts[batch.verdicts[i]!]!++
      if (outcome.index % 10_007 === 0) expect(batch.recordAt(i)).toMatchObject({ n: outcome.index })
    }
  }
  expect(seen.every((count) => count === 1)).toBe(true)
  expect(verdicts).toEqual([49_997, 1, 1])
  expect(await run.report()).toMatchObject({
    total: 50_000,
    statuses: { completed: 49_999, errored: 1 },
    verdicts: { pass: 49_997, flag: 1, fail: 1 },
  })
})

test('verify() rejects when one task of many did not complete, and its error holds the report and every outcome', async () => {
  const error: unknown = await verify(faults, tasks(100, { 50: { do: 'throw' }, 51: { do: 'throw' } }), {
    threads: 2,
  }).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(RunError)
  const { code, report, outcomes, message } = error as RunError
  expect(code).toBe('FANFOLD_RUN_PARTIAL')
  expect(message).toContain('98 of 100')
  expect(outcomes).toHaveLength(100)
  expect(() => assertSucceeded(report)).toThrow(expect.objectContaining({ code: 'FANFOLD_RUN_PARTIAL' }))
})
