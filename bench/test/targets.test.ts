import { expect, test } from 'vitest'
import type { Target } from '../src/bench-case.ts'
import { targetCells, targetRows } from '../src/targets.ts'
import { madeUpCase, roundOf, sampledOf } from './made-up-case.ts'

const sides = ['loop', 'fanfold']
const rounds = [
  roundOf({ loop: 20, fanfold: 10 }),
  roundOf({ loop: 400, fanfold: 100 }),
  roundOf({ loop: 30, fanfold: 10 }),
]

function rowOf(target: Omit<Target, 'id' | 'side'>, given = rounds): ReturnType<typeof targetRows>[number] {
  const benchCase = madeUpCase(sides, { targets: [{ id: 'it', side: 'fanfold', ...target }], mainThread: 'busy' })
  return targetRows([sampledOf(benchCase, given)])[0]!
}

test('speeds are compared within each round, and the median of the ratios counts', () => {
  const row = rowOf({ measure: 'speed', against: 'loop', atLeast: 3 })
  expect(row.measured).toEqual({ min: 2, median: 3, max: 4 })
  expect(row).toMatchObject({ wanted: '≥ 3 ×', verdict: 'met' })
  expect(rowOf({ measure: 'speed', against: 'loop', atLeast: 3.01 }).verdict).toBe('MISSED')
})

test('a difference keeps the unit of its measure', () => {
  // 20 − 10, 400 − 100 and 30 − 10 µs a task.
  const row = rowOf({ measure: 'microseconds', against: 'loop', compare: 'difference', atMost: -10 })
  expect(row.measured).toEqual({ min: -300, median: -20, max: -10 })
  expect(row).toMatchObject({ wanted: '≤ -10 µs', verdict: 'met' })
})

test('what a side measured itself is a plain number when there is nothing to compare it with', () => {
  const given = [3, 1, 2].map((firstOutcomeMs) => roundOf({ fanfold: 1 }, { measures: { firstOutcomeMs } }))
  const row = rowOf({ measure: 'firstOutcomeMs', atMost: 1.5 }, given)
  expect(row.measured).toEqual({ min: 1, median: 2, max: 3 })
  expect(row).toMatchObject({ unit: 'ms', verdict: 'MISSED' })
})

test('a side or a measure without samples is said to be not measured, and neither met nor missed', () => {
  const [, cells] = targetCells([rowOf({ measure: 'peakMb', against: 'loop', atMost: 1.2 })])
  expect(cells).toEqual(['it', '≤ 1.2 ×', '–', '–', 'not measured'])
})

test('the stall row is the worst Fanfold side of the cases that mean to keep their main thread free', () => {
  const stalls = (name: string, ms: number, mainThread: 'free' | 'busy') =>
    sampledOf(madeUpCase(sides, { name, mainThread }), [roundOf({ loop: 1, fanfold: 1 }, { stallP99Ms: ms })])
  const rows = targetRows([stalls('calm', 2, 'free'), stalls('worse', 4, 'free'), stalls('crowded', 90, 'busy')])
  expect(rows).toHaveLength(1)
  expect(rows[0]).toMatchObject({ id: expect.stringContaining('worse, fanfold'), verdict: 'met' })
  expect(rows[0]?.measured?.median).toBe(4)
})
