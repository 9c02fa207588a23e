import type { Progress } from '@fanfold/core'
import { expect, test } from 'vitest'
import { byIndex, collect, faults, testEngine } from './fixtures.ts'

test('what an async task does before its first await is its own time', async () => {
  // The first one is called before it is known that the verifier is async, the others after.
  const items = Array.from({ length: 3 }, () => ({ do: 'spinThenSleep', n: 60 }))
  const run = testEngine({ threads: 1 }).run(faults, items)
  for (const { status, durationMs } of await collect(run)) {
    expect(status).toBe('completed')
    expect(durationMs).toBeGreaterThanOrEqual(115)
  }
  expect((await run.report()).durationMs.p50).toBeGreaterThanOrEqual(100)
})

test('what an async task does before its first await counts towards its timeout', async () => {
  const items = [{ do: 'spinThenSleep', n: 150 }, { do: 'pass' }, { do: 'spinThenSleep', n: 150 }]
  const run = testEngine({ threads: 1 }).run(faults, items, { timeoutMs: 200, concurrency: 1 })
  expect(byIndex(await collect(run)).map(({ status }) => status)).toEqual(['timedOut', 'completed', 'timedOut'])
})

test('large values of async tasks wait within bounds for a consumer that has stopped reading', async () => {
  // Thousands of quick tasks first, so that shards are large when the values come.
  const quick = Array.from({ length: 6_000 }, () => ({ do: 'sleep', n: 0 }))
  const large = Array.from({ length: 20_000 }, () => ({ do: 'largeLater', n: 1_000_000 }))
  const run = testEngine().run(faults, [...quick, ...large], { concurrency: 16 })
  // Where one thread is held up, the other's values come before its last quick tasks: those are read as well.
  let taken = 0
  let takenQuick = 0
  const outcomes = run[Symbol.asyncIterator]()
  while (takenQuick < quick.length) {
    const { value: outcome } = await outcomes.next()
    taken++
    if (outcome!.index < quick.length) takenQuick++
  }
  let last: Progress | undefined
  let still = 0
  for await (const progress of run.watch({ everyMs: 10 })) {
    // Not just between two shards: it waits for good.
    const waits = progress.state === 'waiting' && progress.running === 0
    still = waits && progress.statuses.completed === last?.statuses.completed ? still + 1 : 0
    last = progress
    if (still === 20 || progress.statuses.completed > taken + 200) break
  }
  expect(last).toMatchObject({ state: 'waiting', running: 0 })
  expect(last!.statuses.completed - taken).toBeGreaterThan(0)
  expect(last!.statuses.completed - taken).toBeLessThan(100)
})
