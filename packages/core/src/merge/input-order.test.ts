import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Shard } from '../sources/shard.ts'
import { OutcomeBatch } from './batch.ts'
import { InputOrder } from './input-order.ts'

/** The merge asks a shard for nothing but its size. */
function batchOf(shard: number, tasks: number, positions: readonly number[]): OutcomeBatch {
  const ranges = positions.flatMap((position) => [position, position + 1])
  return OutcomeBatch.settled({ tasks } as Shard, {
    shard: shard,
    ranges: ranges,
    status: 'aborted',
    attempts: 0,
    retries: 0,
    durationMs: 0,
    error: new Error('cancelled'),
  })
}

function idsOf(batches: readonly OutcomeBatch[]): string[] {
  return batches.flatMap((batch) =>
    Array.from({ length: batch.length }, (_, i) => `${batch.shardId}/${batch.positionAt(i)}`),
  )
}

test('whatever comes in whatever order and portions goes out sorted, each as soon as all before it are there', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 6 })
  fc.assert(
    fc.property(sizes, fc.infiniteStream(fc.nat()), (tasksOf, numbers) => {
      const random = numbers[Symbol.iterator]()
      const draw = (below: number): number => (random.next().value as number) % below
      const all = tasksOf.flatMap((tasks, shard) =>
        Array.from({ length: tasks }, (_, position) => ({ shard, position })),
      )
      const unsent = [...all]
      const sent = new Set<string>()
      const order = new InputOrder()
      const out: string[] = []
      while (unsent.length > 0) {
        const { shard } = unsent[draw(unsent.length)]!
        const here = unsent.filter((task) => task.shard === shard)
        const portion = Array.from({ length: 1 + draw(here.length) }, () => here.splice(draw(here.length), 1)[0]!)
        for (const task of portion) {
          unsent.splice(unsent.indexOf(task), 1)
          sent.add(`${task.shard}/${task.position}`)
        }
        const positions = portion.map(({ position }) => position)
        out.push(...idsOf(order.add(batchOf(shard, tasksOf[shard]!, positions))))
        const sorted = all.map((task) => `${task.shard}/${task.position}`)
        const gap = sorted.findIndex((id) => !sent.has(id))
        expect(out).toEqual(gap < 0 ? sorted : sorted.slice(0, gap))
      }
    }),
  )
})

test('a batch whose turn it is goes out as it came', () => {
  const order = new InputOrder()
  const batch = batchOf(0, 3, [0, 1, 2])
  expect(order.add(batch)[0]).toBe(batch)
})

test('what was let go is not kept', () => {
  const order = new InputOrder()
  expect(order.add(batchOf(1, 2, [1]))).toEqual([])
  expect(idsOf(order.add(batchOf(0, 1, [0])))).toEqual(['0/0'])
  expect(idsOf(order.add(batchOf(1, 2, [0])))).toEqual(['1/0', '1/1'])
  expect(idsOf(order.add(batchOf(2, 1, [0])))).toEqual(['2/0'])
})
