import { readRecords } from '@fanfold/workers/records'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Shard } from './shard.ts'
import { drain, tasksOf, WIDE } from './testing/drain.ts'
import { toSource } from './to-source.ts'

const limits = fc.record({ maxTasks: fc.integer({ min: 1, max: 9 }), maxBytes: fc.integer({ min: 1, max: 400 }) })
const wide = fc.constant(WIDE)
/** A string that is a rope, or a piece of another, in V8's memory. */
const grown = fc.string({ unit: 'binary' }).map((text) => `${text}${'-'.repeat(20)}${text}`.slice(1))
const text = fc.oneof(
  fc.string(),
  // Every UTF-16 unit, lone surrogates too.
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
  fc.array(fc.integer({ min: 0x80, max: 0xff })).map((units) => String.fromCharCode(...units)),
  fc.constantFrom('', '\0', 'é', '\ud800', '\udc00', '😀', '\ufeff', '\ufffd', 'ab\ncd', '\r\n', '"', '","', '\\'),
  fc.integer({ min: 200, max: 70_000 }).map((length) => 'x'.repeat(length)),
  grown,
)

async function* asynchronous<T>(values: Iterable<T>): AsyncGenerator<T> {
  yield* values
}

test('strings of every kind arrive as they are, whole or in pieces, from whatever they come', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(text),
      fc.oneof(limits, wide),
      fc.integer({ min: 1, max: 4 }),
      async (texts, limits, piece) => {
        for (const input of [texts, texts.values(), asynchronous(texts)]) {
          const { tasks } = await drain(toSource(input), limits, piece)
          expect(tasks.map((task) => task.item)).toStrictEqual(texts)
          expect(tasks.map((task) => task.index)).toStrictEqual(texts.map((_, at) => at))
          expect(tasks.map((task) => task.record)).toStrictEqual(texts)
        }
      },
    ),
  )
})

test('strings among other items arrive as they are', async () => {
  const values = fc.array(
    fc.oneof(text, fc.anything({ withDate: true, withMap: true, withSet: true, withBigInt: true })),
  )
  await fc.assert(
    fc.asyncProperty(values, limits, fc.integer({ min: 1, max: 4 }), async (items, limits, piece) => {
      const { tasks } = await drain(toSource(items), limits, piece)
      expect(tasks.map((task) => task.item)).toStrictEqual(items.map((item) => structuredClone(item)))
    }),
  )
})

test('holes of an array are undefined', async () => {
  // oxlint-disable-next-line no-sparse-arrays -- holes are the point
  const { tasks } = await drain(toSource(['a', , 'b']))
  expect(tasks.map((task) => task.item)).toStrictEqual(['a', undefined, 'b'])
})

test('records are read in any order', async () => {
  const texts = Array.from({ length: 50 }, (_, at) => 'abc'.repeat(at))
  const records = readRecords((await shardOf(texts)).payload(0, texts.length).payload)
  for (const ordinal of [7, 7, 0, 49, 3, 4, 48, 1]) expect(records.item(ordinal)).toBe(texts[ordinal])
})

test.each([
  ['ASCII', ['a', '\0', '\x7f'], { encoding: 'latin1', lengthBytes: 1, size: 3 + 3 }],
  ['Latin-1', ['a', 'é', 'ÿ'], { encoding: 'latin1', lengthBytes: 1, size: 3 + 3 }],
  ['any other text', ['a', '€'], { encoding: 'utf16le', lengthBytes: 1, size: 2 + 4 }],
  ['what only looks like ASCII when it is cut short', ['éab'], { encoding: 'latin1', lengthBytes: 1, size: 1 + 3 }],
  ['lengths from 256', ['x'.repeat(256), ''], { encoding: 'latin1', lengthBytes: 2, size: 4 + 256 }],
  ['lengths from 65536', ['x'.repeat(65_536)], { encoding: 'latin1', lengthBytes: 4, size: 4 + 65_536 }],
])('%s takes as few bytes as hold it', async (_, texts, expected) => {
  const { payload } = (await shardOf(texts)).payload(0, texts.length)
  if (payload.kind !== 'strings') throw new Error(`sent as ${payload.kind}`)
  const { encoding, lengthBytes, bytes } = payload
  expect({ encoding, lengthBytes, size: bytes.length }).toEqual(expected)
})

test('what is too long to be joined is cloned', async () => {
  const giant = 'x'.repeat(2_000_000)
  const shard = await shardOf([giant])
  expect(shard.payload(0, 1).payload.kind).toBe('items')
  expect(tasksOf(shard)[0]?.item).toBe(giant)
})

test('strings that were replaced meanwhile by what does not fit are cloned as they are now', async () => {
  for (const later of [42, { a: 1 }, 'x'.repeat(300), undefined]) {
    const items: unknown[] = ['a', 'b', 'c']
    const shard = await shardOf(items)
    items[1] = later
    expect(tasksOf(shard).map((task) => task.item)).toStrictEqual(['a', later, 'c'])
  }
})

test('a payload can be asked for again, and another one between', async () => {
  const [first, second] = [await shardOf(['a', 'é', 'c']), await shardOf(['€', 'longer'])]
  for (let again = 0; again < 2; again++) {
    expect(tasksOf(first).map((task) => task.item)).toEqual(['a', 'é', 'c'])
    expect(tasksOf(second, 1).map((task) => task.item)).toEqual(['€', 'longer'])
  }
})

async function shardOf(items: readonly unknown[]): Promise<Shard> {
  const reader = await toSource(items).open()
  const shard = await reader.next({ maxTasks: 1000, maxBytes: 1 << 20 })
  if (shard === undefined) throw new Error('no shard')
  return shard
}
