import type { Engine, EngineOptions, Outcome } from '@fanfold/core'
import { describe, expect, test } from 'vitest'
import { byIndex, collect, progressWhere, testEngine } from '../engine/fixtures.ts'
import { startDownstream } from './testing/downstream.ts'
import type { Ask } from './verifiers/ask.ts'

const asking = new URL('./verifiers/ask.ts', import.meta.url)
/** No downstream: for calls that do not get so far. */
const NOWHERE = { url: 'http://127.0.0.1:9/' }

function times(count: number, ask: Ask = {}): Ask[] {
  return Array.from({ length: count }, () => ask)
}

function engineWith(limits: NonNullable<EngineOptions['limits']>, threads = 1): Engine {
  return testEngine({ threads, limits })
}

function errorOf(outcome: Outcome | undefined): Error & { code?: string; retryAfterMs?: number } {
  return (outcome as Outcome & { error: Error }).error // an unsuccessful one
}

describe('a call that cannot be made', () => {
  test('because the limit is not known: the error lists those that are', async () => {
    const engine = engineWith({ crm: {}, billing: {} })
    const [outcome] = await collect(engine.run(asking, [{ do: 'unknown' }], { config: NOWHERE }))
    expect(errorOf(outcome)).toMatchObject({
      code: 'FANFOLD_LIMIT_UNKNOWN',
      message: "the engine has no limit 'nowhere'. It has 'crm', 'billing'.",
    })
  })

  test('because the engine has none: the error says how to give it one', async () => {
    const [outcome] = await collect(engineWith({}).run(asking, [{}], { config: NOWHERE }))
    expect(errorOf(outcome)).toMatchObject({ code: 'FANFOLD_LIMIT_UNKNOWN' })
    expect(errorOf(outcome).message).toContain('new Engine({ limits: { "crm": { concurrency: 50 } } })')
  })

  test('because it is no function', async () => {
    const [outcome] = await collect(engineWith({ crm: {} }).run(asking, [{ do: 'notACall' }], { config: NOWHERE }))
    expect(errorOf(outcome)).toMatchObject({
      name: 'TypeError',
      message: "limit('crm', …) needs a function that makes the call",
    })
  })

  test('because it waited too long: its task is errored, and the others get their turn', async () => {
    const downstream = await startDownstream({ ms: 300 })
    const engine = engineWith({ crm: { concurrency: 1, queueTimeoutMs: 100 } })
    const outcomes = await collect(engine.run(asking, times(3), { config: { url: downstream.url }, concurrency: 3 }))
    const statuses = outcomes.map(({ status }) => status).toSorted()
    expect(statuses).toEqual(['completed', 'errored', 'errored'])
    const errored = outcomes.find(({ status }) => status === 'errored')
    expect(errorOf(errored)).toMatchObject({ code: 'FANFOLD_LIMIT_QUEUE_TIMED_OUT' })
    expect(errored!.waitMs).toBeGreaterThanOrEqual(95)
  })
})

describe('a breaker', () => {
  test('leaves a downstream alone that fails, and tells when it may be tried again', async () => {
    const downstream = await startDownstream({ ms: 1, status: () => 500 })
    const engine = engineWith({ crm: { concurrency: 2, breaker: { calls: 10, openMs: 60_000 } } })
    const run = engine.run(asking, times(200), { config: { url: downstream.url }, concurrency: 4 })
    const outcomes = await collect(run)
    const refused = outcomes.filter((outcome) => errorOf(outcome).code === 'FANFOLD_LIMIT_OPEN')
    expect(downstream.arrivals.length).toBeLessThan(20)
    expect(refused.length).toBe(200 - downstream.arrivals.length)
    expect(errorOf(refused.at(-1)).retryAfterMs).toBeGreaterThan(50_000)
    const { limits } = await run.report()
    expect(limits!['crm']).toMatchObject({ breaker: 'open', refused: refused.length, failed: 200 - refused.length })
  })

  test('lets tasks that are tried again through when the downstream is back', async () => {
    let isDown = true
    const downstream = await startDownstream({ ms: 1, status: () => (isDown ? 500 : 200) })
    const engine = engineWith({ crm: { concurrency: 2, breaker: { calls: 6, openMs: 200 } } })
    const retry = { retries: 20, backoff: 'none' } as const
    const run = engine.run(asking, times(30), { config: { url: downstream.url }, concurrency: 4, retry })
    const outcomes = collect(run)
    await progressWhere(run, ({ limits }) => limits!['crm']!.breaker === 'open')
    isDown = false
    expect((await outcomes).map(({ status }) => status)).toEqual(Array(30).fill('completed'))
    expect(engine.limits['crm']!.status().breaker).toBe('closed')
  })
})

describe('a downstream that rejects calls', () => {
  test('is given as many as it bears, and none of the tasks is lost', async () => {
    const downstream = await startDownstream({ ms: 10, capacity: () => 8 })
    const engine = engineWith({ crm: { concurrency: 50, adaptive: true } }, 2)
    const retry = { retries: 30, baseMs: 5 }
    const run = engine.run(asking, times(3000), { config: { url: downstream.url }, concurrency: 60, retry })
    const outcomes = await collect(run)
    expect(outcomes.every(({ status }) => status === 'completed')).toBe(true)
    const { limits } = await run.report()
    const { permits, path, rejected } = limits!['crm']!
    expect(rejected).toBe(downstream.rejected)
    expect(permits).toBeGreaterThanOrEqual(4)
    expect(permits).toBeLessThanOrEqual(10)
    expect(path[0]).toEqual({ atMs: 0, permits: 50 })
    expect(path.length).toBeGreaterThan(3)
  })
})

describe('the end of a task', () => {
  test('gives back the permit of a call that its verifier has not waited for', async () => {
    const downstream = await startDownstream({ ms: 20 })
    const engine = engineWith({ crm: { concurrency: 1 } })
    const run = engine.run(asking, times(20, { do: 'unawaited' }), { config: { url: downstream.url }, concurrency: 1 })
    const outcomes = await collect(run)
    expect(outcomes.map(({ status }) => status)).toEqual(Array(20).fill('completed'))
    await expect.poll(() => engine.limits['crm']!.status()).toMatchObject({ held: 0, waiting: 0 })
  })

  test('by a cancel ends its wait', async () => {
    const downstream = await startDownstream({ status: () => undefined })
    const engine = engineWith({ crm: { concurrency: 1 } })
    const run = engine.run(asking, times(5), { config: { url: downstream.url }, concurrency: 5 })
    const outcomes = collect(run)
    await expect.poll(() => downstream.atOnce).toBe(1)
    run.cancel('enough')
    expect((await outcomes).map(({ status }) => status)).toEqual(Array(5).fill('aborted'))
    await expect.poll(() => engine.limits['crm']!.status()).toMatchObject({ held: 0, waiting: 0 })
  })
})

describe('calls within calls', () => {
  const limits = { crm: { concurrency: 2 }, billing: { concurrency: 2 } }

  test('that wait for each other are ended one by one, and the others go on', async () => {
    const downstream = await startDownstream({ ms: 2 })
    const asks = Array.from({ length: 40 }, (_, i): Ask => ({ do: i % 2 === 0 ? 'nested' : 'nestedOtherWay' }))
    const run = engineWith(limits, 2).run(asking, asks, { config: { url: downstream.url }, concurrency: 8 })
    const outcomes = await collect(run)
    const errored = outcomes.filter(({ status }) => status === 'errored')
    expect(outcomes.length - errored.length).toBe(downstream.arrivals.length)
    expect(downstream.arrivals.length).toBeGreaterThan(0)
    for (const outcome of errored) {
      expect(errorOf(outcome)).toMatchObject({ code: 'FANFOLD_LIMIT_DEADLOCK' })
      expect(errorOf(outcome).message).toContain("the limits 'crm' and 'billing'")
    }
  })

  test('that wait for the limit which they hold, too', async () => {
    const downstream = await startDownstream({ ms: 2 })
    const engine = engineWith({ crm: { concurrency: 1 } })
    const [outcome] = await collect(engine.run(asking, [{ do: 'nestedInItself' }], { config: { url: downstream.url } }))
    expect(errorOf(outcome)).toMatchObject({ code: 'FANFOLD_LIMIT_DEADLOCK' })
    expect(errorOf(outcome).message).toContain("all permits of the limit 'crm'")
    await expect.poll(() => engine.limits['crm']!.status()).toMatchObject({ held: 0, waiting: 0 })
  })

  test('that do not wait for each other are left alone', async () => {
    const downstream = await startDownstream({ ms: 2 })
    const run = engineWith({ crm: { concurrency: 4 }, billing: { concurrency: 1 } }, 2).run(
      asking,
      times(60, { do: 'nested' }),
      { config: { url: downstream.url }, concurrency: 12, timeoutMs: 400 },
    )
    expect((await collect(run)).map(({ status }) => status)).toEqual(Array(60).fill('completed'))
  })
})

test('a task may make several calls at once', async () => {
  const downstream = await startDownstream()
  const engine = engineWith({ crm: { concurrency: 3 } }, 2)
  const outcomes = await collect(
    engine.run(asking, times(20, { do: 'twice' }), { config: { url: downstream.url }, concurrency: 10 }),
  )
  for (const outcome of outcomes) expect(outcome).toMatchObject({ status: 'completed', value: [200, 200, false] })
  expect(downstream.mostAtOnce).toBeLessThanOrEqual(3)
})

test('an update holds at once, also for a run that goes on', async () => {
  const downstream = await startDownstream({ ms: 20 })
  const engine = engineWith({ crm: { concurrency: 1 } }, 2)
  const run = engine.run(asking, times(200), { config: { url: downstream.url }, concurrency: 20 })
  const outcomes = collect(run)
  await expect.poll(() => downstream.arrivals.length).toBeGreaterThan(3)
  expect(downstream.mostAtOnce).toBe(1)
  engine.limits['crm']!.update({ concurrency: 10 })
  await outcomes
  expect(downstream.mostAtOnce).toBe(10)
  expect(() => engine.limits['crm']!.update({ concurrency: 0 })).toThrow('limits.crm.concurrency is 0')
})

test('what a task waited for permits is in its outcome, its line, and the report', async () => {
  const downstream = await startDownstream({ ms: 50 })
  const engine = engineWith({ crm: { concurrency: 1 } })
  const options = { config: { url: downstream.url }, concurrency: 3 }
  const run = engine.run(asking, times(3), options)
  const outcomes = byIndex(await collect(run))
  expect(outcomes[0]).not.toHaveProperty('waitMs', 0)
  expect(outcomes[2]!.waitMs).toBeGreaterThan(outcomes[1]!.waitMs!)
  expect(outcomes[2]!.waitMs).toBeGreaterThanOrEqual(95)
  expect(outcomes[2]!.durationMs).toBeLessThan(95)
  const { waits, waitedMs, calls } = (await run.report()).limits!['crm']!
  expect({ waits, calls }).toEqual({ waits: 3, calls: 3 })
  expect(waitedMs).toBeGreaterThanOrEqual(140)
  const lines = await new Response(engine.run(asking, times(3), options).toNdjson()).text()
  const waited = lines
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as Outcome).waitMs ?? 0)
  expect(Math.max(...waited)).toBeGreaterThanOrEqual(95)
})

test('a downstream that asks for a wait has it before the next attempt', async () => {
  let isBusy = true
  const downstream = await startDownstream({ ms: 1, capacity: () => (isBusy ? 0 : 10), retryAfter: '1' })
  const engine = engineWith({ crm: { concurrency: 5 } })
  const retry = { retries: 1, backoff: 'none' } as const
  const run = engine.run(asking, [{}], { config: { url: downstream.url }, retry })
  const outcomes = collect(run)
  await expect.poll(() => downstream.arrivals.length).toBe(1)
  isBusy = false
  expect(await outcomes).toMatchObject([{ status: 'completed', attempts: 2 }])
  expect(downstream.arrivals[1]! - downstream.arrivals[0]!).toBeGreaterThanOrEqual(990)
})

test.each([
  [{ crm: { concurrency: 0 } }, 'limits.crm.concurrency is 0: use a whole number from 1.'],
  [{ crm: { concurency: 5 } }, 'limits.crm has no option concurency. Known are concurrency,'],
  [{ crm: { rate: { count: 5 } } }, 'limits.crm.rate.perMs is undefined: use a number of ms.'],
  [{ crm: { rate: 5 } }, 'limits.crm.rate is 5: use { count: 100, perMs: 1000 }.'],
  [{ crm: { maxConcurrency: 5 } }, 'limits.crm.maxConcurrency is 5: it bounds an adaptive limit; add adaptive: true.'],
  [{ crm: { adaptive: true, concurrency: 9, maxConcurrency: 5 } }, 'use at least its concurrency, 9.'],
  [{ crm: { adaptive: 'yes' } }, "limits.crm.adaptive is 'yes': use true or false."],
  [{ crm: { breaker: { percentage: 101 } } }, 'limits.crm.breaker.percentage is 101: use a number from 0 to 100.'],
  [{ crm: 5 }, 'the options of limits.crm are 5'],
  [{ '': {} }, "limits is '': a limit needs a name."],
  [5, 'limits is 5: use { crm: { concurrency: 50 } }.'],
])('limits %j are refused', (limits, message) => {
  expect(() => testEngine({ limits: limits as never })).toThrow(message)
})
