import fc from 'fast-check'
import { expect, test } from 'vitest'
import { IndexRanges } from './index-ranges.ts'

const MOST = 60
const range = fc.tuple(fc.nat(MOST), fc.nat(8)).map(([from, size]) => [from, from + size] as const)
const step = fc.oneof(
  range.map(([from, to]) => ({ add: [from, to] as const })),
  fc.array(fc.nat(MOST), { maxLength: 6 }).map((indices) => ({ remove: indices })),
  fc.constant({ look: true }),
)

test('it has what a set has, whatever is added and taken out in any order', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), range, (steps, [from, to]) => {
      const ranges = new IndexRanges()
      const set = new Set<number>()
      for (const done of steps) {
        if ('add' in done) {
          ranges.add(done.add[0], done.add[1])
          for (let i = done.add[0]; i < done.add[1]; i++) set.add(i)
        } else if ('remove' in done) {
          ranges.deleteAll(new IndexRanges(done.remove.flatMap((i) => [i, i + 1])))
          for (const i of done.remove) set.delete(i)
        } else {
          expect(ranges.size).toBe(set.size)
        }
      }
      const all = Array.from({ length: MOST + 10 }, (_, i) => i)
      const within = all.filter((i) => i >= from && i < to)
      expect(all.filter((i) => ranges.has(i))).toEqual(all.filter((i) => set.has(i)))
      expect(ranges.size).toBe(set.size)
      expect(indicesOf(ranges.toArray())).toEqual([...set].sort((a, b) => a - b))
      expect(ranges.countIn(from, to)).toBe(within.filter((i) => set.has(i)).length)
      expect(indicesOf(ranges.pendingIn(from, to))).toEqual(within.filter((i) => !set.has(i)))
      const end = all.find((i) => i >= from && !set.has(i))
      expect(ranges.endOfRangeAt(from)).toBe(end)
    }),
  )
})

test('no range touches the next', () => {
  fc.assert(
    fc.property(fc.array(range, { maxLength: 30 }), (added) => {
      const bounds = new IndexRanges(added.flat()).toArray()
      expect(bounds.every((bound, i) => i === 0 || bound > bounds[i - 1]!)).toBe(true)
    }),
  )
})

test('ten million indices, settled in nearly ascending order, are one range', () => {
  const ranges = new IndexRanges()
  for (let from = 0; from < 10_000_000; from += 2000) {
    ranges.add(from + 1000, from + 2000)
    ranges.add(from, from + 1000)
  }
  expect(ranges.size).toBe(10_000_000)
  expect(ranges.toArray()).toEqual([0, 10_000_000])
})

test('gaps that are filled one by one leave no trace', () => {
  const ranges = new IndexRanges()
  for (let i = 0; i < 1_000_000; i += 10) ranges.add(i + 1, i + 10)
  for (let i = 0; i < 1_000_000; i += 10) ranges.add(i, i + 1)
  expect(ranges.toArray()).toEqual([0, 1_000_000])
})

function indicesOf(ranges: readonly number[]): number[] {
  const indices: number[] = []
  for (let i = 0; i < ranges.length; i += 2) for (let n = ranges[i]!; n < ranges[i + 1]!; n++) indices.push(n)
  return indices
}
