import { ndjson } from '@fanfold/core'
import { expect, test } from 'vitest'
import { inOrder, reversed, shuffled, upTo } from './order.ts'

const READ_ALL = { maxTasks: 1_000, maxBytes: 2 ** 20 }
/** The third line is blank, and no record. */
const bytes = (): AsyncIterable<Uint8Array> => {
  const text = Buffer.from('{"n":0}\n{"n":1}\n\n{"n":3}\n{"n":4}\n')
  return (async function* () {
    yield text
  })()
}

test('a shuffled order is a permutation, is always the same, and is none of the plain ones', () => {
  const order = shuffled(100)
  expect(order.toSorted((a, b) => a - b)).toEqual(reversed(100).toReversed())
  expect(shuffled(100)).toEqual(order)
  expect(order).not.toEqual(reversed(100).toReversed())
  const following = order.filter((position, at) => at > 0 && position === order[at - 1]! + 1)
  expect(following.length).toBeLessThan(10)
})

test('records come in the order that is given, one a shard, and keep their index and line', async () => {
  const reader = await inOrder(ndjson(bytes()), [2, 0, 1]).open()
  const read: unknown[] = []
  for (;;) {
    const shard = await reader.next(READ_ALL)
    if (shard === undefined) break
    read.push([shard.tasks, shard.indexAt(0), shard.lineAt(0), shard.itemAt(0)])
  }
  reader.close()
  expect(read).toEqual([
    [1, 3, 4, { n: 3 }],
    [1, 0, 1, { n: 0 }],
    [1, 1, 2, { n: 1 }],
  ])
})

test('a source that ends after so many bytes gives whole records', async () => {
  const reader = await upTo(ndjson(bytes()), 9).open()
  const read: unknown[] = []
  for (;;) {
    const shard = await reader.next({ maxTasks: 1, maxBytes: 2 ** 20 })
    if (shard === undefined) break
    read.push(shard.itemAt(0))
  }
  reader.close()
  expect(read).toEqual([{ n: 0 }, { n: 1 }])
})
