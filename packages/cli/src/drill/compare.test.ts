import { expect, test } from 'vitest'
import { compare } from './compare.ts'
import type { DrillResult } from './drill-run.ts'

const verdicts = { records: 3, withVerdict: 3, firstError: undefined }

function result(endings: Readonly<Record<number, string>>): DrillResult {
  const entries = Object.entries(endings).map(([index, ending]): [number, string] => [Number(index), ending])
  return { endings: new Map(entries), checks: new Map(), total: entries.length, elapsedMs: 10, slowestMs: 1, verdicts }
}

const before = result({ 0: 'completed pass', 1: 'completed pass', 2: 'completed flag odd' })

test('a fault that costs its own record and no other is contained', () => {
  const after = result({ 0: 'completed pass', 1: 'errored', 2: 'completed flag odd' })
  expect(compare('throw', 1, before, after)).toMatchObject({ became: 'errored', isContained: true, kept: 2, lost: [] })
})

test('a record that ends otherwise than it should is not', () => {
  const after = result({ 0: 'completed pass', 1: 'errored', 2: 'completed flag odd' })
  expect(compare('exit', 1, before, after)).toMatchObject({ became: 'errored', isContained: false })
})

test('another record that ends otherwise is lost, and so is one without an outcome', () => {
  const after = result({ 0: 'crashed', 1: 'crashed' })
  expect(compare('exit', 1, before, after)).toMatchObject({
    became: 'crashed',
    isContained: false,
    kept: 0,
    lost: [
      { index: 0, before: 'completed pass', after: 'crashed' },
      { index: 2, before: 'completed flag odd', after: 'no outcome' },
    ],
  })
})

test('an outcome that was not there before is told, too', () => {
  const after = result({ 0: 'completed pass', 1: 'timedOut', 2: 'completed flag odd', 3: 'completed pass' })
  expect(compare('hang', 1, before, after).lost).toEqual([{ index: 3, before: 'no outcome', after: 'completed pass' }])
})

test("of a chain, checks that end otherwise are lost: another record's, and the record's own", () => {
  const endings = new Map([
    [0, 'completed flag'],
    [1, 'completed flag'],
  ])
  const was = {
    endings,
    total: 2,
    elapsedMs: 10,
    slowestMs: 1,
    verdicts,
    checks: new Map([
      [0, 'a flag, b pass'],
      [1, 'a flag, b pass'],
    ]),
  }
  const now = {
    ...was,
    endings: new Map([...endings, [1, 'crashed']]),
    checks: new Map([
      [0, 'a flag, b aborted'],
      [1, 'a pass, b pass'],
    ]),
  }
  expect(compare('exit', 1, was, now)).toMatchObject({
    became: 'crashed',
    isContained: true,
    kept: 0,
    lost: [
      { index: 0, before: 'completed flag (a flag, b pass)', after: 'completed flag (a flag, b aborted)' },
      { index: 1, before: 'a flag, b pass', after: 'a pass, b pass' },
    ],
  })
})
