import { serialize } from 'node:v8'
import { expect, test } from 'vitest'
import { estimateBytes } from './item-bytes.ts'

const LARGE = 'x'.repeat(1_000_000)
const nested = (depth: number, inside: unknown): unknown =>
  depth === 0 ? inside : { inside: nested(depth - 1, inside) }
const fields = (count: number, of: (at: number) => unknown): object =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`field${at}`, of(at)]))

test.each<[string, unknown]>([
  ['deep down', nested(50, LARGE)],
  ['deeper than is looked', nested(500, LARGE)],
  ['in the last of 100 fields', fields(100, (at) => (at === 99 ? LARGE : 1))],
  ['in the last of 5000 fields', fields(5000, (at) => (at === 4999 ? LARGE : 1))],
  ['in a map', new Map([['key', { value: LARGE }]])],
  ['as a key', new Map([[LARGE, 1]])],
  ['in a set', new Set([1, [LARGE]])],
  ['in the message of an error', new Error(LARGE)],
  ['in the cause of an error', new Error('x', { cause: { body: LARGE } })],
  ['in the last element of an array', [...Array.from({ length: 1000 }, () => 1), LARGE]],
  ['in the last element of a long array', [...Array.from({ length: 100_000 }, () => 1), LARGE]],
  ['as bytes below', nested(10, new Uint8Array(1_000_000))],
  ['as an integer', 2n ** 8_000_000n],
])('what is large counts %s', (_, item) => {
  expect(estimateBytes(item)).toBeGreaterThanOrEqual(1_000_000)
})

test('many small objects count, each of them', () => {
  const item = {
    rows: Array.from({ length: 10_000 }, (_, at) => ({ at, cells: { a: [at], b: new Map([[at, 'x']]) } })),
  }
  expect(estimateBytes(item)).toBeGreaterThan(serialize(item).length)
})

test('a small item counts little', () => {
  for (const item of [{ id: 1, name: 'Ada' }, [1, 2, 3], new Map([[1, 2]]), null, 1n, new Date()]) {
    expect(estimateBytes(item)).toBeLessThan(200)
  }
})

test('what is endless, or has billions of holes, takes no time', () => {
  const circle: unknown[] = []
  circle.push(circle, { circle })
  // oxlint-disable-next-line unicorn/no-new-array -- holes are the point
  for (const item of [circle, new Array(4_000_000_000)]) expect(estimateBytes(item)).toBeLessThan(100_000)
})

test('a getter is not called for an ordinary item', () => {
  const item = {
    get never(): number {
      throw new Error('called')
    },
    text: LARGE,
  }
  expect(estimateBytes(item)).toBeGreaterThan(1_000_000)
})
