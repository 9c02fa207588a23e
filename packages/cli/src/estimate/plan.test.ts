import { describe, expect, test } from 'vitest'
import { concurrencies, isWaiting, sampleTasks, shardSizes, threadCounts } from './plan.ts'
import { isTimeForMore } from './rounds.ts'

const probe = { msPerTask: 0.01, bytesPerTask: 100, isAsync: false, waitingShare: 0 }

test('threads are tried in doubles, and as many as there are cores', () => {
  expect(threadCounts(1)).toEqual([1])
  expect(threadCounts(2)).toEqual([1, 2])
  expect(threadCounts(6)).toEqual([1, 2, 4, 6])
})

describe('a sample', () => {
  test('takes one thread a fortieth of the budget', () => {
    expect(sampleTasks(probe, 20_000, 2)).toBe(50_000)
  })
  test('is never so short that a start is most of it', () => {
    expect(sampleTasks(probe, 1_000, 2)).toBe(30_000)
  })
  test('takes no more than a second, however long there is', () => {
    expect(sampleTasks(probe, 600_000, 2)).toBe(100_000)
  })
  test('of slow records has some for each thread', () => {
    expect(sampleTasks({ ...probe, msPerTask: 5_000 }, 30_000, 4)).toBe(32)
  })
})

test('a verifier waits that returns promises and leaves the processor alone', () => {
  expect(isWaiting({ isAsync: true, waitingShare: 0.97 })).toBe(true)
  expect(isWaiting({ isAsync: true, waitingShare: 0.1 })).toBe(false)
  expect(isWaiting({ isAsync: false, waitingShare: 0.97 })).toBe(false)
})

test('concurrencies are tried for which there are records enough', () => {
  expect(concurrencies(2, 10_000)).toEqual([8, 32, 128])
  expect(concurrencies(2, 100)).toEqual([8, 32])
  expect(concurrencies(2, 10)).toEqual([])
})

describe('shard sizes', () => {
  test('are tried above and below what would be chosen', () => {
    // 40 ms are 4,000 records.
    expect(shardSizes(probe, 1_000_000, 2)).toEqual([100, 800, 10_000])
  })
  test('are never above what a shard can hold', () => {
    for (const size of shardSizes({ ...probe, msPerTask: 0.0001 }, 1e9, 2)) expect(size).toBeLessThanOrEqual(10_485)
  })
  test('are not tried where a thread would have only a few', () => {
    expect(shardSizes(probe, 1_000, 2)).toEqual([100])
    expect(shardSizes({ ...probe, msPerTask: 1000 }, 32, 2)).toEqual([])
  })
})

describe('another round is made', () => {
  test('while it fits into the budget', () => {
    expect(isTimeForMore(3, 20_000, 5_000, 30_000)).toBe(true)
    expect(isTimeForMore(3, 26_000, 5_000, 30_000)).toBe(false)
  })
  test('up to the third beyond it, but not without end', () => {
    expect(isTimeForMore(2, 60_000, 30_000, 30_000)).toBe(true)
    expect(isTimeForMore(2, 70_000, 30_000, 30_000)).toBe(false)
  })
  test('no more than fifteen times', () => {
    expect(isTimeForMore(15, 100, 10, 30_000)).toBe(false)
  })
})
