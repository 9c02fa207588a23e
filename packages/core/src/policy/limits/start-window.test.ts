import fc from 'fast-check'
import { expect, test } from 'vitest'
import { StartWindow } from './start-window.ts'

const rate = fc.record({ count: fc.integer({ min: 1, max: 200 }), perMs: fc.integer({ min: 1, max: 5_000 }) })

/** The most starts that any window `[t, t + spanMs)` holds. */
function densest(starts: readonly number[], spanMs: number): number {
  const sorted = starts.toSorted((a, b) => a - b)
  return Math.max(0, ...sorted.map((from) => sorted.filter((at) => at >= from && at < from + spanMs).length))
}

test('no window holds more starts than allowed, however late each is made after it was allowed', () => {
  const step = fc.record({
    waitMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 2_000 })),

    make: fc.integer({ min: 0, max: 20 }),
    giveBack: fc.integer({ min: 0, max: 2 }),
  })
  fc.assert(
    fc.property(rate, fc.array(step, { minLength: 1, maxLength: 60 }), (it, steps) => {
      const window = new StartWindow(it)
      const starts: number[] = []
      let now = 0
      for (const { waitMs, make, giveBack } of steps) {
        now += waitMs
        window.allow(window.room(now))
        const back = Math.min(giveBack, window.open)
        window.givenBack(back)
        for (let n = Math.min(make, window.open); n > 0; n--) {
          window.made(now)
          starts.push(now)
        }
      }
      expect(densest(starts, it.perMs)).toBeLessThanOrEqual(it.count)
      expect(densest(starts, it.perMs / 20)).toBeLessThanOrEqual(Math.ceil(it.count / 20))
    }),
    { numRuns: 2_000 },
  )
})

test('there is room when it was said that there would be, and not before', () => {
  fc.assert(
    fc.property(rate, fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 40 }), (it, waits) => {
      const window = new StartWindow(it)
      let now = 0
      for (const wait of waits) {
        now += wait
        if (window.room(now) === 0) {
          const inMs = window.roomInMs(now)
          expect(window.room(now + inMs - 1.001)).toBe(0)
          now += inMs
        }
        expect(window.room(now)).toBeGreaterThan(0)
        expect(window.roomInMs(now)).toBe(0)
        window.allow(1)
        window.made(now)
      }
    }),
  )
})

test('a window that is always asked lets through all that it may, within a twentieth', () => {
  const window = new StartWindow({ count: 100, perMs: 1000 })
  let made = 0
  for (let now = 0; now < 10_000; now += Math.max(1, window.roomInMs(now))) {
    const room = window.room(now)
    window.allow(room)
    for (let n = 0; n < room; n++) window.made(now)
    made += room
  }
  expect(made).toBeGreaterThanOrEqual(950)
  expect(made).toBeLessThanOrEqual(1000)
})

test('what was allowed and is not made holds its place', () => {
  const window = new StartWindow({ count: 1, perMs: 100 })
  window.allow(window.room(0))
  expect(window.room(1_000_000)).toBe(0)
  expect(window.roomInMs(1_000_000)).toBe(Infinity)
  window.made(1_000_000)
  expect(window.roomInMs(1_000_050)).toBe(50)
  window.allow(window.room(1_000_100))
  window.givenBack(1)
  expect(window.room(1_000_100)).toBe(1)
})

test('a new bound counts what was made under the old one', () => {
  const before = new StartWindow({ count: 2, perMs: 100 })
  before.allow(1)
  before.made(0)
  const after = StartWindow.after(before, { count: 1, perMs: 100 })
  expect(after.room(50)).toBe(0)
  expect(after.room(100)).toBe(1)
})
