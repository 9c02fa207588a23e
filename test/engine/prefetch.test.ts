import type { Outcome } from '@fanfold/core'
import { ndjson } from '@fanfold/core'
import { describe, expect, test } from 'vitest'
import { POOLS, engineOn } from '../conformance/pools.ts'
import { byIndex, collect, progressWhere, testEngine } from './fixtures.ts'
import type { Fetched } from './verifiers/prefetches.ts'

const prefetching = new URL('./verifiers/prefetches.ts', import.meta.url)

function items(count: number, special: Readonly<Record<number, Partial<Fetched>>> = {}): Fetched[] {
  return Array.from({ length: count }, (_, n) => ({ n, ...special[n] }))
}

/** The group that each task's verifier was given. */
function groupsOf(outcomes: readonly Outcome[]): number[][] {
  return outcomes.map((outcome) => (outcome.status === 'completed' ? (outcome.value as { group: number[] }).group : []))
}

function errorOf(outcome: Outcome | undefined): Error & { code?: string } {
  return (outcome as Outcome & { error: Error }).error // an unsuccessful one
}

test.each([{ isAsync: false }, { isAsync: true }])(
  'a group is seen before its tasks, each in one group: %j',
  async (how) => {
    const all = items(95).map((item) => ({ ...item, ...how }))
    // One thread: what another one takes over is seen there in groups of its own.
    const engine = testEngine({ threads: 1 })
    const outcomes = byIndex(await collect(engine.run(prefetching, all, { concurrency: 8, shardSize: 40 })))
    const groups = groupsOf(outcomes)
    for (const [n, group] of groups.entries()) {
      expect(group).toContain(n)
      expect(group.length).toBeLessThanOrEqual(10)
    }
    // All tasks of a group were given the same.
    for (const group of groups) for (const n of group) expect(groups[n]).toEqual(group)
    expect(groups.some((group) => group.length === 10)).toBe(true)
  },
)

describe.for(POOLS)('in a pool of %s', (pool) => {
  test('a prefetch that throws, hangs or ends its thread for one task costs no other its verdict', async () => {
    const special = { 13: { prefetch: 'throw' }, 27: { prefetch: 'hang' }, 51: { prefetch: 'exit' } } as const
    const outcomes = byIndex(await collect(engineOn(pool).run(prefetching, items(80, special))))
    const expected = Array<string>(80).fill('completed')
    expected[13] = 'errored'
    expected[27] = 'timedOut'
    expected[51] = 'crashed'
    expect(outcomes.map(({ status }) => status)).toEqual(expected)
    expect(errorOf(outcomes[13])).toMatchObject({ message: 'no such table', code: 'OWN' })
    expect(errorOf(outcomes[27])).toMatchObject({ code: 'FANFOLD_PREFETCH_TIMED_OUT' })
    expect(errorOf(outcomes[51])).toMatchObject({ code: 'FANFOLD_TASK_CRASHED' })
    // Its neighbours were fetched for one by one.
    expect(groupsOf(outcomes)[12]).toEqual([12])
  })
})

test('a task for which prefetch threw may be tried again', async () => {
  const retry = { retries: 1, backoff: 'none' } as const
  const engine = testEngine({ threads: 1 })
  const outcomes = byIndex(
    await collect(engine.run(prefetching, items(1, { 0: { prefetch: 'throwOnce' } }), { retry })),
  )
  expect(outcomes).toMatchObject([{ status: 'completed', attempts: 2 }])
})

test('the time of a prefetch is no task’s time', async () => {
  const engine = testEngine({ threads: 1 })
  const options = { timeoutMs: 80 }
  const outcomes = await collect(engine.run(prefetching, items(10, { 3: { prefetch: 'slow' } }), options))
  for (const { status, durationMs } of outcomes) {
    expect(status).toBe('completed')
    expect(durationMs).toBeLessThan(80)
  }
})

test('a record that cannot be parsed is errored by itself, and not shown to prefetch', async () => {
  const text = '{"n":0}\n{"n":1}\n{oops\n{"n":3}\n'
  const source = ndjson(new Response(text).body!)
  const outcomes = byIndex(await collect(testEngine({ threads: 1 }).run(prefetching, source)))
  expect(outcomes.map(({ status }) => status)).toEqual(['completed', 'completed', 'errored', 'completed'])
  expect(errorOf(outcomes[2])).toMatchObject({ code: 'FANFOLD_RECORD_UNPARSABLE' })
  expect(groupsOf(outcomes)[3]).toEqual([0, 1, 3])
})

test('a cancel does not wait for a prefetch', async () => {
  const run = testEngine({ threads: 1 }).run(prefetching, items(5, { 0: { prefetch: 'hang' } }))
  const outcomes = collect(run)
  await progressWhere(run, ({ lanes }) => lanes.length === 1)
  run.cancel('enough')
  expect((await outcomes).every(({ status }) => status === 'aborted')).toBe(true)
  expect((await run.report()).statuses).toMatchObject({ aborted: 5 })
})
