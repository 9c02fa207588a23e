import { expect, test } from 'vitest'
import type { EndedFrame, Frame } from './frames.ts'
import { Replay, isComplete } from './replay.ts'
import type { JournalState } from './replay.ts'
import { HEADER, IDENTITY, settled } from './testing/written.ts'

function play(...frames: readonly Frame[]): JournalState {
  const replay = new Replay('j')
  for (const [i, frame] of [HEADER, ...frames].entries()) replay.play(frame, i + 1)
  return replay.state()!
}

const ENDED: EndedFrame = {
  frame: 'ended',
  at: '2026-01-01T00:00:00.000Z',
  report: { total: 3 },
  sourceExhausted: true,
  isWhole: true,
}
const REDRIVEN: Frame = { frame: 'redriven', at: '', verifier: { url: 'file:///new.ts', sha256: 'b' }, config: 'd' }

test('a journal with a header only has nothing settled', () => {
  const state = play()
  expect(state.identity).toEqual(IDENTITY)
  expect(state.settled.size).toBe(0)
  expect(state.ended).toBeUndefined()
})

test('without a header there is no state', () => {
  expect(new Replay('j').state()).toBeUndefined()
})

test('frames add up', () => {
  const { settled: all, totals, unsuccessful } = play(settled([0, 5], [2]), settled([7, 9]))
  expect(unsuccessful.toArray()).toEqual([2, 3])
  expect(all.toArray()).toEqual([0, 5, 7, 9])
  expect(totals.statuses).toEqual([6, 1, 0, 0, 0, 0])
  expect(totals.verdicts).toEqual([6, 0, 0])
  expect(totals.slowest.slice(0, 4)).toEqual([2, 2, 0, 1])
})

test('a redrive takes out exactly what was unsuccessful', () => {
  const { settled: all, totals, completedTotals, unsuccessful, identity } = play(settled([0, 5], [2, 3]), REDRIVEN)
  expect(all.toArray()).toEqual([0, 2, 4, 5])
  expect(unsuccessful.size).toBe(0)
  expect(totals).toEqual({ ...settled([0, 2, 4, 5]).sums, statuses: [3, 0, 0, 0, 0, 0], firstErrors: [] })
  expect(completedTotals).toEqual(totals)
  expect(identity).toEqual({ ...IDENTITY, verifier: { url: 'file:///new.ts', sha256: 'b' }, config: 'd' })
})

test('what is redriven can be settled anew, and redriven again', () => {
  const state = play(settled([0, 5], [2, 3]), REDRIVEN, settled([2, 4], [3]), REDRIVEN)
  expect(state.settled.toArray()).toEqual([0, 3, 4, 5])
})

test('a task that is settled twice is damage', () => {
  expect(() => play(settled([0, 5]), settled([4, 6]))).toThrow('settled twice')
  expect(() => play(settled([0, 5], [4]), settled([4, 6]), REDRIVEN)).toThrow('settled twice')
})

test('a frame whose sums are not those of its tasks is damage, and its line is named', () => {
  expect(() => play({ ...settled([0, 5]), ranges: [0, 6] })).toThrow('in line 2: it settles 6 tasks and counts 5')
})

test('a run is complete when the last that happened is its end, with nothing left out', () => {
  expect(isComplete(play(settled([0, 3]), ENDED).ended, undefined)).toBe(true)
  expect(isComplete(play(settled([0, 3]), { ...ENDED, isWhole: false }).ended, undefined)).toBe(false)
  expect(isComplete(play(settled([0, 3]), ENDED, settled([3, 4])).ended, undefined)).toBe(false)
})

test('a run that stopped at its limit is complete for that limit only', () => {
  const { ended } = play(settled([0, 3]), { ...ENDED, sourceExhausted: false, limit: 3 })
  expect([undefined, 3, 4].map((limit) => isComplete(ended, limit))).toEqual([false, true, false])
})
