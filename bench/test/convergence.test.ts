import { expect, test } from 'vitest'
import { convergenceOf } from '../src/cases/limits/convergence.ts'

/** A service that bore 50 from the beginning, and 25 from 10 s on; a run that began at 1 s by its clock. */
const STARTED_AT_MS = 1_000
const capacities = [
  { atMs: 0, requests: 50 },
  { atMs: 11_000, requests: 25 },
]

test('a limit has converged when it is near the capacity for good, and rejections count from then on', () => {
  const path = [
    { atMs: 0, permits: 100 },
    { atMs: 500, permits: 48 },
    { atMs: 2_000, permits: 70 },
    { atMs: 2_500, permits: 50 },
    { atMs: 10_400, permits: 26 },
  ]
  const arrivals = [1_100, 3_400, 5_000, 6_000, 7_000, 11_200, 12_000, 21_000]
  const rejections = [1_100, 3_400, 5_000, 11_200]
  const { afterMs, rejectedPercent } = convergenceOf(path, { arrivals, rejections, capacities }, STARTED_AT_MS)
  expect(afterMs).toEqual([2_500, 400])
  // One of 5,000, 6,000, 7,000 and 12,000; the last arrival is the end.
  expect(rejectedPercent).toBe(25)
})

test('a limit that never comes near the capacity has not converged', () => {
  const arrivals = [1_100, 21_000]
  const told = convergenceOf([{ atMs: 0, permits: 50 }], { arrivals, rejections: [], capacities }, STARTED_AT_MS)
  expect(told).toEqual({ afterMs: [0, 1_000_000], rejectedPercent: 0 })
})
