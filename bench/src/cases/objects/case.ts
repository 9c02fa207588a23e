import type { BenchCase } from '../../bench-case.ts'
import { plantedCounts } from '../../planted.ts'
import { requireCounts } from '../../require-counts.ts'
import { cutInto, loopSide, nextFreeSide, splitEvenly, splitSide } from '../../sides/bare-sides.ts'
import { awaitReport, fanfoldSide, readBatches } from '../../sides/fanfold-side.ts'
import type { FanfoldPlan } from '../../sides/fanfold-side.ts'
import type { Order } from './orders.ts'
import { countOrders, makeOrders } from './orders.ts'

/** Orders in one message of the hand-written batches; 500 to 5,000 are much the same. */
const BATCH = 1_000
const thread = new URL('./order-thread.ts', import.meta.url)

/** Fanning out loses: to copy an object to a thread costs many times what checking it does. */
export const objects: BenchCase = {
  name: 'objects',
  title: 'objects of ten fields in memory, a few rules (0.05 µs each; where fanning out loses to one loop)',
  fairness:
    'Before the clock: process, threads, modules, objects. In it: copying each object to a thread (structured clone, which ' +
    'nobody gets around), checking it, counting.',
  defaultTasks: 200_000,
  prepare: async () => {},
  sides: [
    loopSide('one loop', ({ tasks }) => makeOrders(tasks), countOrders),
    splitSide('bare split', thread, ({ tasks, threads }) => splitEvenly(makeOrders(tasks), threads)),
    nextFreeSide('bare batches', thread, 2, ({ tasks }) => cutInto(makeOrders(tasks), BATCH)),
    orderSide('fanfold report', awaitReport),
    orderSide('fanfold batches', readBatches),
  ],
  validate: (counts, tasks) => requireCounts(counts, plantedCounts(tasks)),
  targets: [],
}

function orderSide(name: string, consume: NonNullable<FanfoldPlan<Order>['consume']>): ReturnType<typeof fanfoldSide> {
  return fanfoldSide<Order>({
    name,
    verifier: new URL('./verify-order.ts', import.meta.url),
    source: ({ tasks }) => {
      const orders = makeOrders(tasks)
      return () => orders
    },
    consume,
  })
}
