import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { byIndex, collect } from '../engine/fixtures.ts'
import { engineOn, POOLS } from './pools.ts'

const echo = new URL('./verifiers/echo-item.ts', import.meta.url)

const text = fc.oneof(
  fc.string(),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
  fc.array(fc.integer({ min: 0x80, max: 0xff })).map((units) => String.fromCharCode(...units)),
  fc.constantFrom('', '\0', '\ud800', '😀', 'x'.repeat(70_000)),
)
const plain = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withTypedArray: true,
  withSparseArray: true,
})
const short = fc.string({ unit: 'binary-ascii', maxLength: 40 })
const items = fc.oneof(
  fc.array(short),
  fc.array(text),
  fc.array(fc.uint8Array()),
  fc.array(plain),
  fc.array(fc.oneof(text, plain)),
)

describe.each(POOLS)('with %s', (pool) => {
  test('a verifier gets each item of any array as the structured clone algorithm would give it', async () => {
    const echoes = engineOn(pool).load(echo)
    await echoes.ready
    await fc.assert(
      fc.asyncProperty(
        items,
        fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
        async (items, shardSize) => {
          const run = echoes.run(items, shardSize === undefined ? {} : { shardSize })
          const outcomes = byIndex(await collect(run))
          const values = outcomes.map((outcome) => (outcome.status === 'completed' ? outcome.value : outcome.error))
          expect(values).toStrictEqual(items.map((item) => [structuredClone(item)]))
        },
      ),
      { numRuns: 60 },
    )
  })

  test('the numbers of a typed array, of memory of its own or shared, arrive and stay', async () => {
    const echoes = engineOn(pool).load(echo)
    for (const buffer of [new ArrayBuffer(80), new SharedArrayBuffer(80)]) {
      const view = new Float64Array(buffer, 8, 7)
      view.set([0.5, -0, NaN, Infinity, 1e300, 2, 3])
      const outcomes = byIndex(await collect(echoes.run(view, { shardSize: 2 })))
      const values = outcomes.map((outcome) => (outcome.status === 'completed' ? outcome.value : outcome.error))
      expect(values).toStrictEqual([...view].map((number) => [number]))
      expect(view.buffer.byteLength).toBe(80)
    }
  })
})
