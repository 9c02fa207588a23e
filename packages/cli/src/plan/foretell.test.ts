import fc from 'fast-check'
import { expect, test } from 'vitest'
import { foretell, usualConcurrency } from './foretell.ts'
import type { RecordTimes } from './foretell.ts'

const computes: RecordTimes = { sequentialMs: 8, criticalMs: 6, cpuMs: 8, halfCriticalMs: 6, slowestMs: 9 }
const waits: RecordTimes = { sequentialMs: 200, criticalMs: 200, cpuMs: 1, halfCriticalMs: 200, slowestMs: 400 }

test('what computes is shared by the cores, however many threads and records at once there are', () => {
  const expected = { ms: 400, bound: 'processor' }
  expect(foretell(computes, { threads: 2, cores: 2, concurrency: 2 }, 100)).toEqual(expected)
  expect(foretell(computes, { threads: 8, cores: 2, concurrency: 50 }, 100)).toEqual(expected)
})

test('checks side by side that compute do so one after the other: a record takes no less than its processor time', () => {
  expect(foretell(computes, { threads: 4, cores: 4, concurrency: 1 }, 100)).toEqual({ ms: 800, bound: 'waiting' })
})

test('what waits is shared by the checks at once', () => {
  expect(foretell(waits, { threads: 2, cores: 2, concurrency: 50 }, 1000)).toEqual({ ms: 4000, bound: 'waiting' })
  expect(foretell(waits, { threads: 2, cores: 2, concurrency: 1 }, 1000)).toEqual({ ms: 200_000, bound: 'waiting' })
})

test('two checks of one record, side by side, are two of the checks at once', () => {
  const two = { ...waits, sequentialMs: 390 }
  expect(foretell(two, { threads: 2, cores: 2, concurrency: 50 }, 1000)).toEqual({ ms: 7800, bound: 'waiting' })
})

test('no run is faster than its slowest record', () => {
  expect(foretell(waits, { threads: 2, cores: 2, concurrency: 50 }, 10)).toEqual({ ms: 400, bound: 'slowest' })
  expect(foretell(waits, { threads: 2, cores: 2, concurrency: 50 }, 0).ms).toBe(0)
})

test('a chain that waits is planned with many checks at once, another with one per thread', () => {
  expect(usualConcurrency(waits, 4)).toBe(50)
  expect(usualConcurrency(waits, 64)).toBe(64)
  expect(usualConcurrency(computes, 4)).toBe(4)
})

const ms = fc.double({ min: 0.001, max: 1000, noNaN: true })
const count = fc.integer({ min: 1, max: 64 })

test('more threads, cores or checks at once never take longer, and more records never less', () => {
  const given = fc.record({ sequentialMs: ms, criticalMs: ms, cpuMs: ms, halfCriticalMs: ms, slowestMs: ms })
  const ways = fc.record({ threads: count, cores: count, concurrency: count })
  fc.assert(
    fc.property(given, ways, ways, fc.nat(5000), (times, fanOut, more, records) => {
      const wider = {
        threads: fanOut.threads + more.threads,
        cores: fanOut.cores + more.cores,
        concurrency: fanOut.concurrency + more.concurrency,
      }
      expect(foretell(times, wider, records).ms).toBeLessThanOrEqual(foretell(times, fanOut, records).ms)
      expect(foretell(times, fanOut, records + 1).ms).toBeGreaterThanOrEqual(foretell(times, fanOut, records).ms)
    }),
  )
})
