import type { Outcome } from '@fanfold/core'
import { describe, expect, test } from 'vitest'
import { POOLS, engineOn } from '../conformance/pools.ts'
import { byIndex, collect, testEngine } from '../engine/fixtures.ts'
import { verifierOf } from '../faults/pools.ts'
import type { Task } from './verifiers/prefetching.ts'

const prefetching = new URL('./verifiers/prefetching.ts', import.meta.url)
const sharing = new URL('./verifiers/sharing.ts', import.meta.url)
const deep = new URL('./verifiers/deep.ts', import.meta.url)
const obedient = new URL('./verifiers/obedient-chain.ts', import.meta.url)

function tasks(count: number, special: Readonly<Record<number, Partial<Task>>> = {}): Task[] {
  return Array.from({ length: count }, (_, n) => ({ n, ...special[n] }))
}

function ends({ checks = {} }: Outcome): Record<string, string> {
  return Object.fromEntries(Object.entries(checks).map(([name, it]) => [name, it.verdict ?? it.status]))
}

const PASSES = { parse: 'pass', first: 'pass', second: 'pass', flaky: 'pass', last: 'pass' }

describe.for(POOLS)('in a pool of %s', (pool) => {
  test('what a prefetch cannot have costs that check of that task its verdict, and nothing else', async () => {
    const special = { 2: { first: 'throw' }, 5: { second: 'throw' }, 9: { first: 'throw', second: 'throw' } } as const
    const run = engineOn(pool, { threads: 1 }).run(prefetching, tasks(12, special))
    const outcomes = byIndex(await collect(run))
    const expected = tasks(12).map((): Record<string, string> => ({ ...PASSES }))
    expected[2] = { ...PASSES, first: 'errored', last: 'skipped' }
    expected[5] = { ...PASSES, second: 'errored', last: 'skipped' }
    expected[9] = { ...PASSES, first: 'errored', second: 'errored', last: 'skipped' }
    expect(outcomes.map(ends)).toEqual(expected)
    expect(outcomes[9]!.checks!['second']!.error!.message).toBe('second cannot have 9')
    const { checks } = await run.report()
    expect(checks!['second']!.statuses).toMatchObject({ completed: 10, errored: 2 })
  })

  test('a check that does not run is skipped, whatever its prefetch cannot have', async () => {
    const outcomes = byIndex(
      await collect(engineOn(pool, { threads: 1 }).run(prefetching, tasks(3, { 1: { isBad: true, first: 'throw' } }))),
    )
    expect(ends(outcomes[1]!)).toEqual({
      parse: 'fail',
      first: 'skipped',
      second: 'skipped',
      flaky: 'skipped',
      last: 'skipped',
    })
    expect(ends(outcomes[2]!)).toEqual(PASSES)
  })

  test('a check that has ended is not asked again, though its prefetch fails at the next attempt', async () => {
    const special = { 0: { first: 'throwLater', failures: 2 } } as const
    const retry = { backoff: 'none' } as const
    const outcomes = byIndex(
      await collect(engineOn(pool, { threads: 1 }).run(prefetching, tasks(1, special), { retry })),
    )
    expect(ends(outcomes[0]!)).toEqual(PASSES)
    expect(outcomes[0]!.checks!['flaky']).toMatchObject({ attempts: 3 })
  })
})

test('a prefetch that ends its thread before its first await is found, however many groups there are', async () => {
  const exits = verifierOf(`export default {
    prefetchSize: 2,
    prefetch(items) { if (items.includes(150)) process.exit(3); return items },
    verify: () => true,
  }`)
  const run = testEngine({ threads: 2 }).run(
    exits,
    Array.from({ length: 300 }, (_, n) => n),
  )
  const outcomes = byIndex(await collect(run))
  expect(outcomes.filter(({ status }) => status !== 'completed').map(({ index, status }) => [index, status])).toEqual([
    [150, 'crashed'],
  ])
})

test('what a check has said is told as it was then, whatever a later one does to it', async () => {
  const outcomes = byIndex(await collect(testEngine({ threads: 1 }).run(sharing, [1, 2])))
  for (const [i, { checks }] of outcomes.entries()) {
    expect(checks!['first']).toMatchObject({ status: 'completed', value: { n: i + 1, list: [i + 1] } })
    expect(checks!['second']).toMatchObject({ status: 'completed', value: { seen: 2 } })
  }
})

test('each of many checks sees all that come before it, through however many stages', async () => {
  const [outcome] = await collect(testEngine({ threads: 1 }).run(deep, [1]))
  const values = Object.values(outcome!.checks!).map(({ value }) => value)
  expect(values).toEqual(Array.from({ length: 64 }, (_, place) => 3 * Math.floor(place / 3)))
})

test('an item that cannot be sent has had no execution, and none of its checks has', async () => {
  const items = [{ n: 0 }, { n: 1, oops: () => 1 }, { n: 2 }]
  const outcomes = byIndex(await collect(testEngine({ threads: 1 }).run(obedient, items)))
  expect(outcomes[1]).toMatchObject({ status: 'errored', attempts: 0, error: { code: 'FANFOLD_NOT_CLONEABLE' } })
  for (const check of Object.values(outcomes[1]!.checks!))
    expect(check).toMatchObject({ status: 'errored', attempts: 0 })
  expect(outcomes.map(({ status }) => status)).toEqual(['completed', 'errored', 'completed'])
})

test('a request that nobody waits for any more is not tried again', async () => {
  const log = verifierOf('') // a file of its own
  const failing = verifierOf(`import { appendFileSync } from 'node:fs'
    import { chain, check } from '@fanfold/workers'
    const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
    export default chain({
      fails: check(async () => { appendFileSync(${JSON.stringify(log)}, 'x'); await wait(20); throw new Error('no') }, { retry: { retries: 1000 } }),
    })`)
  const { readFileSync } = await import('node:fs')
  const engine = testEngine({ threads: 1 })
  const loaded = engine.load(failing)
  const controller = new AbortController()
  const answer = loaded.check(1, { signal: controller.signal })
  await expect.poll(() => readFileSync(log, 'utf8').length).toBeGreaterThan(1)
  controller.abort('gone')
  await expect(answer).rejects.toBe('gone')
  await loaded.close() // waits for what runs of it
  const calls = readFileSync(log, 'utf8').length
  await engine.close()
  expect(readFileSync(log, 'utf8')).toHaveLength(calls)
  expect(calls).toBeLessThan(1000)
})
