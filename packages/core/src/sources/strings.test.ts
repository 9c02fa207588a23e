import { readRecords } from '@fanfold/workers/records'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Shard } from './shard.ts'
import { drain, tasksOf, WIDE } from './testing/drain.ts'
import { toSource } from './to-source.ts'

const limits = fc.record({ maxTasks: fc.integer({ min: 1, max: 9 }), maxBytes: fc.integer({ min: 1, max: 400 }) })
const wide = fc.constant(WIDE)
const short = fc.string({ unit: 'binary-ascii', maxLength: 40 })
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
      fc.oneof(fc.array(short), fc.array(text)),
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
  const texts = Array.from({ length: 50 }, (_, at) => 'ab'.repeat(at % 16))
  const records = readRecords((await shardOf(texts)).payload(0, texts.length).payload)
  for (const ordinal of [7, 7, 0, 49, 3, 4, 48, 1]) expect(records.item(ordinal)).toBe(texts[ordinal])
})

const filler = Array.from({ length: 4000 }, () => '')

test.each([
  ['short ASCII', ['a', '\0', '\x7f', ''], { lengthBytes: 1, size: 4 + 3 }],
  ['nothing but empty strings', ['', ''], { lengthBytes: 1, size: 2 }],
  ['lengths from 256', ['x'.repeat(256), ...filler], { lengthBytes: 2, size: 2 * 4001 + 256 }],
  ['lengths from 65536', ['x'.repeat(65_536), ...filler], { lengthBytes: 4, size: 4 * 4001 + 65_536 }],
])('%s is joined', async (_, texts, expected) => {
  const shard = await shardOf(texts)
  const { payload } = shard.payload(0, texts.length)
  if (payload.kind !== 'strings') throw new Error(`sent as ${payload.kind}`)
  const { lengthBytes, bytes } = payload
  expect({ lengthBytes, size: bytes.length }).toEqual(expected)
  expect(tasksOf(shard).map((task) => task.item)).toEqual(texts)
})

test.each([
  ['Latin-1', ['a', 'é']],
  ['any other text', ['a', '€']],
  ['half of a surrogate pair', ['\ud800', 'a']],
  ['what would look like ASCII if it were cut short', ['éab']],
  ['what is not ASCII in its last group only', [...Array.from({ length: 4000 }, () => 'x'.repeat(16)), 'é']],
  ['what is long', ['x'.repeat(33)]],
])('%s is cloned', async (_, texts) => {
  const shard = await shardOf(texts)
  expect(shard.payload(0, texts.length).payload.kind).toBe('items')
  expect(tasksOf(shard).map((task) => task.item)).toEqual(texts)
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
  const [first, second] = [await shardOf(['a', 'b', 'c']), await shardOf(['d', 'longer'])]
  for (let again = 0; again < 2; again++) {
    expect(tasksOf(first).map((task) => task.item)).toEqual(['a', 'b', 'c'])
    expect(tasksOf(second, 1).map((task) => task.item)).toEqual(['d', 'longer'])
  }
})

async function shardOf(items: readonly unknown[]): Promise<Shard> {
  const reader = await toSource(items).open()
  const shard = await reader.next({ maxTasks: 5000, maxBytes: 1 << 20 })
  if (shard === undefined) throw new Error('no shard')
  return shard
}
