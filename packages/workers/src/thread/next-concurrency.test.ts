import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BUSY, OVERLOADED, nextConcurrency } from './next-concurrency.ts'

const counts = fc.integer({ min: 1, max: 4096 })
const shares = fc.double({ min: 0, max: 1, noNaN: true })

/** Where it ends up when every task keeps the loop busy for this share of the time; the steps that it took. */
function settle(each: number, most: number, from: number = 1): number[] {
  const steps = [from]
  for (let step = 0; step < 100; step++) {
    const now = steps.at(-1)!
    steps.push(nextConcurrency({ now, utilisation: Math.min(1, now * each), most }))
  }
  return steps
}

test('it is a whole number from one to the most', () => {
  fc.assert(
    fc.property(counts, shares, counts, (now, utilisation, most) => {
      const next = nextConcurrency({ now, utilisation, most })
      expect(Number.isInteger(next)).toBe(true)
      expect(next).toBeGreaterThanOrEqual(1)
      expect(next).toBeLessThanOrEqual(most)
    }),
  )
})

test('it grows while the loop is busy for less than 0.8 of the time, to twice as many at most', () => {
  expect(BUSY).toBe(0.8)
  fc.assert(
    fc.property(counts, shares, (now, utilisation) => {
      const next = nextConcurrency({ now, utilisation, most: Infinity })
      expect(next > now).toBe(utilisation < BUSY)
      expect(next).toBeLessThanOrEqual(2 * now)
    }),
  )
})

test('it shrinks while the loop has more than it can do, but for the last one', () => {
  fc.assert(
    fc.property(counts, shares, (now, utilisation) => {
      const next = nextConcurrency({ now, utilisation, most: Infinity })
      expect(next < now).toBe(utilisation > OVERLOADED && now > 1)
    }),
  )
})

test('a busier loop never gets more', () => {
  fc.assert(
    fc.property(counts, shares, shares, counts, (now, one, other, most) => {
      const [less, more] = [Math.min(one, other), Math.max(one, other)]
      const next = (utilisation: number): number => nextConcurrency({ now, utilisation, most })
      expect(next(more)).toBeLessThanOrEqual(next(less))
    }),
  )
})

test('of tasks that only wait all may run after a few steps', () => {
  expect(settle(0, 25).slice(0, 7)).toEqual([1, 2, 4, 8, 16, 25, 25])
})

test('tasks that compute run one by one, however many ran before', () => {
  expect(settle(1, 25).at(-1)).toBe(1)
  expect(settle(1, 25, 25).at(-1)).toBe(1)
})

test('it comes to rest where the loop is busy and not overloaded, from wherever it comes', () => {
  const each = fc.double({ min: 0.001, max: 0.14, noNaN: true }) // with larger ones there may be no such number
  fc.assert(
    fc.property(each, fc.integer({ min: 1, max: 2000 }), (share, from) => {
      const [before, last] = settle(share, 4096, from).slice(-2)
      expect(last).toBe(before)
      expect(last! * share).toBeGreaterThanOrEqual(BUSY)
      expect(last! * share).toBeLessThanOrEqual(OVERLOADED)
    }),
  )
})
