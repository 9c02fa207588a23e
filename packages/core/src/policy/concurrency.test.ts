import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { ceilingOf, shareOf } from './concurrency.ts'

const lanes = fc.integer({ min: 1, max: 256 })

function sharesOf(whole: number, count: number): number[] {
  return Array.from({ length: count }, (_, lane) => shareOf(whole, count, lane))
}

test('shares add up to the whole, or to one for each lane, and differ by one at most', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4096 }), lanes, (whole, count) => {
      const shares = sharesOf(whole, count)
      expect(shares.reduce((sum, share) => sum + share, 0)).toBe(Math.max(whole, count))
      expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1)
    }),
  )
})

test('a larger whole makes no share smaller', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000 }), fc.nat(10_000), lanes, (whole, more, count) => {
      const larger = sharesOf(whole + more, count)
      for (const [lane, share] of sharesOf(whole, count).entries()) expect(larger[lane]).toBeGreaterThanOrEqual(share)
    }),
  )
})

test('a share is never more than one thread can run', () => {
  expect(shareOf(1_000_000, 2, 0)).toBe(4096)
})

test('the ceiling is 50, or what the largest limit has, and never less than one for each lane', () => {
  expect(ceilingOf(2, [])).toBe(50)
  expect(ceilingOf(2, [8, 20])).toBe(20)
  expect(ceilingOf(2, [400])).toBe(400)
  expect(ceilingOf(64, [])).toBe(64)
  expect(ceilingOf(4, [1])).toBe(4)
})
