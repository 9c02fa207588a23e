import fc from 'fast-check'
import { expect, test } from 'vitest'
import { drain } from './testing/drain.ts'
import { toSource } from './to-source.ts'

const limits = fc.record({ maxTasks: fc.integer({ min: 1, max: 9 }), maxBytes: fc.integer({ min: 1, max: 400 }) })
const whole = fc.uint8Array({ maxLength: 300 })
/** Views of memory that is larger, and of Node's pool. */
const part = whole.map((bytes) => bytes.subarray(1, bytes.length >> 1))
const pooled = whole.map((bytes) => Buffer.from(bytes))

test('byte arrays arrive as they are, each in memory of its own', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(whole, part, pooled)),
      limits,
      fc.integer({ min: 1, max: 4 }),
      async (items, ...how) => {
        const { tasks } = await drain(toSource(items), ...how)
        expect(tasks.map((task) => task.item)).toStrictEqual(items.map((item) => new Uint8Array(item)))
        for (const { item } of tasks) expect((item as Uint8Array).buffer.byteLength).toBe((item as Uint8Array).length)
      },
    ),
  )
})

test('a small part of large memory does not take it along', async () => {
  const large = Buffer.alloc(10_000_000, 'x')
  const { shards } = await drain(toSource([large.subarray(0, 70_000), large.subarray(5, 5)]))
  const { payload } = shards[0]!.payload(0, 2)
  if (payload.kind !== 'byteArrays') throw new Error(`sent as ${payload.kind}`)
  expect(payload.bytes.length).toBe(2 * 4 + 70_000)
})

test.each<[string, () => unknown]>([
  ['numbers of another kind', () => new Int8Array(2)],
  ['a view of shared memory', () => new Uint8Array(new SharedArrayBuffer(2))],
  ['a view of memory that can grow', () => new Uint8Array(new ArrayBuffer(2, { maxByteLength: 4 }))],
  ['anything else', () => 'text'],
  ['nothing', () => undefined],
])('with %s among them they are cloned', async (_, make) => {
  const items = [new Uint8Array(1), make()]
  const { shards, tasks } = await drain(toSource(items))
  expect(shards[0]!.payload(0, 2).payload.kind).toBe('items')
  expect(tasks.map((task) => task.item)).toStrictEqual(items)
})

test('bytes that were given away meanwhile are left to the check of what can be sent', async () => {
  const bytes = new Uint8Array(4)
  const { shards } = await drain(toSource([bytes]))
  structuredClone(bytes, { transfer: [bytes.buffer] })
  const { payload } = shards[0]!.payload(0, 1)
  expect(payload.kind).toBe('items')
  expect(() => structuredClone(payload)).toThrow(/detached/)
})

test('what a byte array says of itself is not believed', async () => {
  const liar = Object.defineProperties(Uint8Array.of(1, 2, 3), { length: { value: 1 }, byteLength: { value: 1 } })
  const { tasks } = await drain(toSource([liar, Uint8Array.of(4)]))
  expect(tasks.map((task) => task.item)).toStrictEqual([Uint8Array.of(1, 2, 3), Uint8Array.of(4)])
})
