import type { Engine, EngineOptions, Outcome } from '@fanfold/core'
import { describe, expect, test } from 'vitest'
import { POOLS, engineOn } from '../conformance/pools.ts'
import { byIndex, collect } from '../engine/fixtures.ts'
import { startDownstream } from './testing/downstream.ts'
import type { Ask } from './verifiers/ask.ts'

const asking = new URL('./verifiers/ask.ts', import.meta.url)

function times(count: number, ask: Ask = {}): Ask[] {
  return Array.from({ length: count }, () => ask)
}

function errorOf(outcome: Outcome | undefined): Error & { code?: string } {
  return (outcome as Outcome & { error: Error }).error // an unsuccessful one
}

describe.for(POOLS)('in a pool of %s', (pool) => {
  const engineWith = (limits: NonNullable<EngineOptions['limits']>): Engine => engineOn(pool, { threads: 2, limits })

  test('never more calls are under way than the limit allows, over all threads and runs', async () => {
    const downstream = await startDownstream()
    const engine = engineWith({ crm: { concurrency: 5 } })
    const config = { url: downstream.url }
    const runs = [0, 1].map(() => engine.run(asking, times(150), { config, concurrency: 40 }))
    for (const outcomes of await Promise.all(runs.map((run) => collect(run)))) {
      expect(outcomes.map(({ status }) => status)).toEqual(Array(150).fill('completed'))
    }
    expect(downstream.arrivals.length).toBe(300)
    expect(downstream.mostAtOnce).toBe(5)
    expect(engine.limits['crm']!.status()).toMatchObject({ permits: 5, waiting: 0, calls: 300, failed: 0 })
  })

  test('all permits come back, although tasks hang, throw and take their threads down while they hold some', async () => {
    const downstream = await startDownstream()
    const engine = engineWith({ crm: { concurrency: 4 } })
    const asks = times(60).map((ask, i): Ask => {
      if (i % 20 === 7) return { do: 'exit' }
      if (i % 10 === 3) return { do: 'hang' }
      return i % 10 === 5 ? { do: 'ownError' } : ask
    })
    const run = engine.run(asking, asks, { config: { url: downstream.url }, concurrency: 12, timeoutMs: 400 })
    const outcomes = byIndex(await collect(run))
    const statuses = { exit: 'crashed', hang: 'timedOut', ownError: 'errored' } as Record<string, string>
    expect(outcomes.map(({ status }) => status)).toEqual(asks.map((ask) => statuses[ask.do ?? ''] ?? 'completed'))
    expect(errorOf(outcomes[5])).toMatchObject({ name: 'RangeError', message: 'mine', code: 'OWN' })
    await expect.poll(() => engine.limits['crm']!.status().held).toBe(0)
    expect(downstream.mostAtOnce).toBeLessThanOrEqual(4)
  })

  test('waiting for a permit does not consume the timeout of the task', async () => {
    const downstream = await startDownstream({ ms: 60 })
    const engine = engineWith({ crm: { concurrency: 1 } })
    const run = engine.run(asking, times(12), { config: { url: downstream.url }, concurrency: 12, timeoutMs: 400 })
    const outcomes = await collect(run)
    expect(outcomes.map(({ status }) => status)).toEqual(Array(12).fill('completed'))
    for (const { durationMs } of outcomes) expect(durationMs).toBeLessThan(400)
  })

  test('starts are bounded in every window of time, over all threads and runs', async () => {
    const downstream = await startDownstream({ ms: 1 })
    const engine = engineWith({ crm: { rate: { count: 40, perMs: 400 } } })
    const config = { url: downstream.url }
    const runs = [0, 1].map(() => engine.run(asking, times(80), { config, concurrency: 50 }))
    for (const outcomes of await Promise.all(runs.map((run) => collect(run))))
      expect(outcomes.every(({ status }) => status === 'completed')).toBe(true)
    const { arrivals } = downstream
    const densest = Math.max(...arrivals.map((from) => arrivals.filter((at) => at >= from && at < from + 400).length))
    // They are exact where they are made; some arrive later than others.
    expect(densest).toBeLessThanOrEqual(46)
    expect(arrivals.at(-1)! - arrivals[0]!).toBeGreaterThan(1000)
    await expect.poll(() => engine.limits['crm']!.status().held).toBe(0)
  })
})
