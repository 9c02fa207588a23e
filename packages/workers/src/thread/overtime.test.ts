import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { runShard } from './testing/run-shard.ts'

const TIMEOUT_MS = 100

/** Holds the thread for longer than its timeout, after it has waited for a moment, and never ends. */
async function blockAndHang(): Promise<never> {
  await delay(20)
  const until = performance.now() + 1.5 * TIMEOUT_MS
  while (performance.now() < until);
  return new Promise(() => {})
}

const hang = (): Promise<never> => new Promise(() => {})

test('a task beside which nothing was begun is late by all the time that has passed, however many might run', async () => {
  for (const how of [{ concurrency: 1 }, { concurrency: 8 }, { concurrency: 8, isFound: true }]) {
    const { endings, suspects } = await runShard(1, blockAndHang, { timeoutMs: TIMEOUT_MS, ...how })
    expect({ endings, suspects }).toEqual({ endings: ['timedOut'], suspects: [] })
  }
})

test('where another one runs, nobody can say whose time it was in which the thread stood still', async () => {
  const verify = (item: unknown): unknown => (item === 0 ? blockAndHang() : hang())
  const { endings, suspects } = await runShard(2, verify, { timeoutMs: TIMEOUT_MS, concurrency: 2 })
  expect({ endings, suspects }).toEqual({ endings: [], suspects: [0, 1] })
})

test('nor where one that returns without a promise was run beside it', async () => {
  const verify = (item: unknown): unknown => {
    if (item === 0) return hang()
    const until = performance.now() + 1.5 * TIMEOUT_MS
    while (performance.now() < until);
    return true
  }
  const { endings, suspects } = await runShard(2, verify, { timeoutMs: TIMEOUT_MS, concurrency: 2 })
  expect({ endings: endings[1], suspects }).toEqual({ endings: 'completed pass', suspects: [0] })
})
