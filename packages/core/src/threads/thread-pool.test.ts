import { expect, onTestFinished, test } from 'vitest'
import { LanePools, ThreadPool } from './thread-pool.ts'

function newPool(): ThreadPool {
  const pool = new ThreadPool(1, undefined)
  onTestFinished(() => pool.destroy())
  return pool
}

/** One lane's pools, and those that were made for it alone. */
function lanePools(): { shared: ThreadPool; pools: LanePools; spares: ThreadPool[] } {
  const shared = newPool()
  const spares: ThreadPool[] = []
  const pools = new LanePools(shared, () => {
    spares.push(newPool())
    return spares.at(-1)!
  })
  return { shared, pools, spares }
}

test('a lane takes its threads from the shared pool, until one of them is stuck there', () => {
  const { shared, pools, spares } = lanePools()
  expect(pools.take()).toBe(shared)
  expect(pools.take()).toBe(shared)
  pools.stuck()
  expect(pools.isStuck).toBe(true)
  const spare = pools.take()
  expect(spares).toEqual([spare])
})

test('threads that follow each other share one spare pool', () => {
  const { pools, spares } = lanePools()
  pools.take()
  pools.stuck()
  const taken = new Set([pools.take(), pools.take(), pools.take()])
  expect(taken.size).toBe(1)
  expect(spares).toHaveLength(1)
})

test('a spare pool in which a thread is stuck is replaced by another one', () => {
  const { pools, spares } = lanePools()
  pools.take()
  pools.stuck()
  const first = pools.take()
  pools.stuck()
  const second = pools.take()
  expect(second).not.toBe(first)
  expect(spares).toEqual([first, second])
  pools.exited(first)
  expect(pools.take()).toBe(second)
})

test('when the thread that was stuck in the shared pool has exited, the lane is back there', () => {
  const { shared, pools } = lanePools()
  pools.take()
  pools.stuck()
  pools.take()
  pools.exited(shared)
  expect(pools.isStuck).toBe(false)
  expect(pools.take()).toBe(shared)
})
