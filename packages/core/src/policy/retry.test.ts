import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seededRandom } from './random.ts'
import { NO_CHARGES, NO_RETRIES, attemptsOf, backoffMs, charged, isRetried } from './retry.ts'
import type { Failure } from './retry.ts'

test('a task has so many further attempts for each kind of failure, and a crash is two deaths', () => {
  const failures = fc.array(fc.constantFrom<Failure>('throw', 'timeout', 'death'), { maxLength: 20 })
  const count = fc.integer({ min: 0, max: 4 })
  fc.assert(
    fc.property(failures, count, count, count, (story, retries, timeouts, crashes) => {
      const policy = { ...NO_RETRIES, retries, timeouts, crashes }
      let charges = NO_CHARGES
      const left = { throw: retries, timeout: timeouts, death: 1 + crashes }
      for (const failure of story) {
        charges = charged(charges, failure)
        const isExpected = left[failure]-- > 0
        expect(isRetried(policy, charges, failure)).toBe(isExpected)
      }
      expect(attemptsOf(charges)).toBe(story.length)
    }),
  )
})

test('the wait is a random share of a bound that doubles, up to a minute', () => {
  const policy = { ...NO_RETRIES, baseMs: 100 }
  expect([1, 2, 3, 4].map((attempts) => backoffMs(policy, attempts, 0.999999))).toEqual([100, 200, 400, 800])
  expect(backoffMs(policy, 1, 0)).toBe(0)
  expect(backoffMs(policy, 2, 0.5)).toBe(100)
  const steps = new Set(Array.from({ length: 1000 }, (_, i) => backoffMs(policy, 3, i / 1000)))
  expect(steps.size).toBe(33)
  expect(backoffMs(policy, 60, 0.999999)).toBe(60_000)
  expect(backoffMs({ ...policy, backoff: 'none' }, 5, 0.9)).toBe(0)
})

test('chance is the same for the same seed, and spread evenly', () => {
  const first = seededRandom(7)
  const again = seededRandom(7)
  const buckets = Array.from({ length: 10 }, () => 0)
  for (let i = 0; i < 10_000; i++) {
    const value = first()
    expect(again()).toBe(value)
    buckets[Math.floor(value * 10)]!++
  }
  for (const count of buckets) expect(Math.abs(count - 1000)).toBeLessThan(150)
})
