import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { PositionSet, appendPosition, sizeOf, splitRanges } from './position-set.ts'

const SIZE = 40
const stretch = fc.tuple(fc.nat(SIZE), fc.nat(SIZE)).map(([a, b]): [number, number] => [Math.min(a, b), Math.max(a, b)])

function rangesOf(positions: Iterable<number>): number[] {
  const ranges: number[] = []
  for (const position of [...positions].sort((a, b) => a - b)) appendPosition(ranges, position)
  return ranges
}

function positionsOf(ranges: readonly number[]): number[] {
  const positions: number[] = []
  for (let i = 0; i < ranges.length; i += 2) for (let p = ranges[i]!; p < ranges[i + 1]!; p++) positions.push(p)
  return positions
}

test('it is a set, whatever is added and in whatever order', () => {
  fc.assert(
    fc.property(fc.array(stretch), stretch, (stretches, [askFrom, askTo]) => {
      const set = new PositionSet(SIZE)
      const model = new Set<number>()
      for (const [from, to] of stretches) {
        const before = model.size
        for (let position = from; position < to; position++) model.add(position)
        expect(set.addRange(from, to)).toBe(model.size - before)
        expect(set.count).toBe(model.size)
      }
      for (let position = 0; position < SIZE; position++) expect(set.has(position)).toBe(model.has(position))
      const asked = positionsOf([askFrom, askTo])
      if (askFrom < askTo) expect(set.hasNone(askFrom, askTo)).toBe(asked.every((position) => !model.has(position)))
      expect(set.missingFrom([askFrom, askTo])).toEqual(rangesOf(asked.filter((position) => !model.has(position))))
    }),
  )
})

test('a position is added once', () => {
  const set = new PositionSet(3)
  expect([set.add(2), set.add(2), set.add(0), set.count]).toEqual([true, false, true, 2])
})

test('ranges are pairs, ascending and apart', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(SIZE)), (positions) => {
      const ranges = rangesOf(positions)
      expect(sizeOf(ranges)).toBe(positions.length)
      expect(positionsOf(ranges)).toEqual([...positions].sort((a, b) => a - b))
      for (let i = 1; i < ranges.length; i++) expect(ranges[i]).toBeGreaterThan(ranges[i - 1]!)
    }),
  )
})

test('a split keeps every position in its order, in parts that differ little', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(SIZE), { minLength: 1 }), fc.integer({ min: 2, max: 9 }), (positions, most) => {
      const ranges = rangesOf(positions)
      const parts = splitRanges(ranges, most)
      expect(parts.flatMap(positionsOf)).toEqual(positionsOf(ranges))
      expect(parts.length).toBeLessThanOrEqual(most)
      const largest = Math.ceil(positions.length / most)
      for (const part of parts.slice(0, -1)) expect(sizeOf(part)).toBe(largest)
      expect(sizeOf(parts[parts.length - 1]!)).toBeLessThanOrEqual(largest)
    }),
  )
})
