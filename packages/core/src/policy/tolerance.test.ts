import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isExceeded } from './tolerance.ts'

test('a count is exceeded by strictly more', () => {
  const tally = { settled: 100, total: undefined }
  expect(isExceeded({ count: 2 }, { ...tally, unsuccessful: 2 })).toBe(false)
  expect(isExceeded({ count: 2 }, { ...tally, unsuccessful: 3 })).toBe(true)
  expect(isExceeded(undefined, { ...tally, unsuccessful: 100 })).toBe(false)
})

test('a percentage of a known total is exact, to a hundredth of a percent', () => {
  const size = fc.integer({ min: 1, max: 10_000_000 })
  fc.assert(
    fc.property(size, fc.integer({ min: 0, max: 10_000 }), fc.nat(), (total, hundredths, n) => {
      const unsuccessful = n % (total + 1)
      // In whole numbers, where nothing is rounded.
      const isMore = BigInt(unsuccessful) * 10_000n > BigInt(hundredths) * BigInt(total)
      expect(isExceeded({ percentage: hundredths / 100 }, { unsuccessful, settled: total, total })).toBe(isMore)
    }),
    { numRuns: 20_000 },
  )
})

test('while the total is not known a percentage is of what is settled, or of 10,000 if that is less', () => {
  const onePercent = { percentage: 1 }
  expect(isExceeded(onePercent, { unsuccessful: 100, settled: 200, total: undefined })).toBe(false)
  expect(isExceeded(onePercent, { unsuccessful: 101, settled: 200, total: undefined })).toBe(true)
  expect(isExceeded(onePercent, { unsuccessful: 200, settled: 20_000, total: undefined })).toBe(false)
  expect(isExceeded(onePercent, { unsuccessful: 201, settled: 20_000, total: undefined })).toBe(true)
})
