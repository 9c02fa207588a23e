import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { MAX_SHARD_BYTES, MAX_SHARD_TASKS, newCost, shardSize, withMeasurement } from './shard-size.ts'
import type { CostEstimate, ShardSizeInput } from './shard-size.ts'

const cost = fc.record({
  msPerTask: fc.option(fc.double({ min: 1e-5, max: 1e5, noNaN: true }), { nil: undefined }),
  measuredTasks: fc.integer({ min: 1, max: MAX_SHARD_TASKS }),
})
const input: fc.Arbitrary<ShardSizeInput> = fc.record({
  cost,
  fixed: fc.option(fc.integer({ min: 1, max: 1e9 }), { nil: undefined }),
  lanes: fc.integer({ min: 1, max: 256 }),
  concurrencyPerLane: fc.option(fc.integer({ min: 1, max: 100_000 }), { nil: undefined }),
  remainingTasks: fc.option(fc.nat(1e9), { nil: undefined }),
  remainingBytes: fc.option(fc.nat(1e12), { nil: undefined }),
})
const cheap: CostEstimate = { msPerTask: 0.002, measuredTasks: MAX_SHARD_TASKS }

function sizeOf(over: Partial<ShardSizeInput>): number {
  const defaults = {
    fixed: undefined,
    lanes: 2,
    concurrencyPerLane: 1,
    remainingTasks: undefined,
    remainingBytes: undefined,
  }
  return shardSize({ cost: cheap, ...defaults, ...over }).maxTasks
}

test('a shard has at least one task and one byte, and never more than the bounds', () => {
  fc.assert(
    fc.property(input, (it) => {
      const { maxTasks, maxBytes } = shardSize(it)
      expect(Number.isInteger(maxTasks) && Number.isInteger(maxBytes)).toBe(true)
      expect(maxTasks).toBeGreaterThanOrEqual(1)
      expect(maxTasks).toBeLessThanOrEqual(MAX_SHARD_TASKS)
      expect(maxBytes).toBeGreaterThanOrEqual(1)
      expect(maxBytes).toBeLessThanOrEqual(MAX_SHARD_BYTES)
    }),
  )
})

test('slower tasks never make larger shards', () => {
  const factor = fc.double({ min: 1, max: 1000, noNaN: true })
  fc.assert(
    fc.property(input, factor, (it, times) => {
      if (it.cost.msPerTask === undefined) return
      const slower = { ...it.cost, msPerTask: it.cost.msPerTask * times }
      expect(shardSize({ ...it, cost: slower }).maxTasks).toBeLessThanOrEqual(shardSize(it).maxTasks)
    }),
  )
})

test('the less remains, and the more lanes share it, the smaller the shards', () => {
  fc.assert(
    fc.property(input, fc.nat(1e6), fc.nat(100), (it, lessTasks, moreLanes) => {
      const remainingTasks = it.remainingTasks ?? 0
      const more = shardSize({ ...it, remainingTasks: remainingTasks + lessTasks })
      const less = shardSize({ ...it, remainingTasks })
      const shared = shardSize({ ...it, remainingTasks, lanes: it.lanes + moreLanes })
      expect(less.maxTasks).toBeLessThanOrEqual(more.maxTasks)
      expect(shared.maxTasks).toBeLessThanOrEqual(less.maxTasks)
      expect(shared.maxBytes).toBeLessThanOrEqual(less.maxBytes)
    }),
  )
})

test('first shards are small, and those of a small source are spread over all lanes', () => {
  expect(sizeOf({ cost: newCost() })).toBe(32)
  expect(sizeOf({ cost: newCost(), concurrencyPerLane: 50 })).toBe(50)
  expect(sizeOf({ cost: newCost(), remainingTasks: 20 })).toBe(5)
  expect(sizeOf({ cost: newCost(), remainingTasks: 3 })).toBe(1)
})

test('where several may run at once, and it is not known whether, a small source is one shard a lane', () => {
  expect(sizeOf({ cost: newCost(), concurrencyPerLane: undefined, remainingTasks: 20 })).toBe(10)
  expect(sizeOf({ cost: newCost(), concurrencyPerLane: undefined })).toBe(32)
})

test('shards of cheap tasks grow to the largest in four steps, and no faster', () => {
  let known = newCost()
  const sizes = Array.from({ length: 6 }, () => {
    const tasks = sizeOf({ cost: known })
    known = withMeasurement(known, tasks, tasks * 1e-4)
    return tasks
  })
  expect(sizes).toEqual([32, 256, 2048, 16_384, 65_536, 65_536])
})

test('a shard takes about 40 ms', () => {
  expect(sizeOf({ cost: { msPerTask: 2, measuredTasks: 1000 } })).toBe(20)
  expect(sizeOf({ cost: { msPerTask: 500, measuredTasks: 1000 } })).toBe(1)
})

test('towards the end shards shrink, down to 2 ms of work', () => {
  const tail = [100_000, 10_000, 5000, 1000, 10].map((remainingTasks) => sizeOf({ remainingTasks }))
  expect(tail).toEqual([20_000, 2500, 1250, 1000, 1000])
})

test('a few tasks are not given to one lane because many may run there', () => {
  const known = { msPerTask: 10, measuredTasks: 100 }
  expect(sizeOf({ cost: known, concurrencyPerLane: 16, remainingTasks: 64 })).toBe(32)
  expect(sizeOf({ cost: known, concurrencyPerLane: 16 })).toBe(64)
})

test('where many run at once a shard has many waves of them, as long as that does not take long', () => {
  const sizeFor = (msPerTask: number): number =>
    sizeOf({ cost: { msPerTask, measuredTasks: 1000 }, concurrencyPerLane: 25 })
  expect(sizeFor(0.2)).toBe(800)
  expect(sizeFor(2)).toBe(250)
  expect(sizeFor(40)).toBe(100)
})

test('a size that is asked for is kept to, whatever the cost', () => {
  expect(sizeOf({ fixed: 7, cost: { msPerTask: 500, measuredTasks: 1 }, remainingTasks: 2 })).toBe(7)
})

test('the estimate follows the newest shards', () => {
  let known = withMeasurement(newCost(), 1000, 1)
  for (let i = 0; i < 10; i++) known = withMeasurement(known, 10, 100)
  expect(known.msPerTask).toBeCloseTo(10, 1)
  expect(known.measuredTasks).toBe(1000)
})

test('a shard of which nothing was settled says nothing', () => {
  expect(withMeasurement(cheap, 0, 50)).toBe(cheap)
})
