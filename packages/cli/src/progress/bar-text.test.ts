import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import fc from 'fast-check'
import type { Progress } from '@fanfold/core'
import { barText } from './bar-text.ts'

const NONE = { completed: 0, errored: 0, timedOut: 0, crashed: 0, aborted: 0, skipped: 0 }
const HALF: Progress = {
  state: 'running',
  read: 1000,
  bytesRead: 500_000,
  bytesTotal: 1_000_000,
  held: 0,
  waiting: 0,
  suspects: 0,
  running: 2,
  statuses: { ...NONE, completed: 990, errored: 10 },
  verdicts: { pass: 900, flag: 80, fail: 10 },
  tasksPerSecond: 412.3,
  etaMs: 2400,
  quietMs: 0,
  lanes: [],
}
const SUBJECT = { name: 'customers.ndjson', verifier: './v.ts' }
const plain = (progress: Progress | undefined, columns: number): string[] =>
  stripVTControlCharacters(barText(progress, SUBJECT, columns)).split('\n')

test('at 80 columns it has the name, a bar, the share, the rate, the time left, and all counts', () => {
  expect(plain(HALF, 79)).toEqual(
    [
      'customers.ndjson  ━━━━━━━━━━━━━━━━─────────────────   50%  412/s  2.4 s left',
      '1,000 done  900 pass  80 flag  10 fail  10 errored',
    ].map((line) =>
      expect.stringMatching(
        line.startsWith('c') ? /^customers\.ndjson {2}━+─+ {3}50% {2}412\/s {2}2\.4 s left$/ : line,
      ),
    ),
  )
})

test('at 40 columns the bar comes first, and of the counts those that fit', () => {
  const [bar, counts] = plain(HALF, 39)
  expect(bar).toMatch(/^━+─+ {3}50% {2}2\.4 s left$/)
  expect(counts).toBe('1,000 done  900 pass  80 flag  10 fail')
})

test('what waits for another attempt is told, and after an interruption how many are being finished', () => {
  const [bar, counts] = plain({ ...HALF, state: 'ending', waiting: 60 }, 79)
  expect(bar).toMatch(/ {3}50% {2}412\/s {2}finishing 2$/)
  expect(counts).toBe('1,000 done  900 pass  80 flag  10 fail  10 errored  60 to be tried again')
  expect(plain({ ...HALF, state: 'ending', running: 0 }, 79)[0]).toMatch(/ending$/)
})

test('when nothing happens it says why, in a third line', () => {
  const quiet = { ...HALF, quietMs: 60_000, lanes: [{ thread: 1, index: 7, busyMs: 60_000 }] }
  expect(plain(quiet, 119)[2]).toMatch(/^no record has come to its end for .*: thread 1 is at index 7/)
  expect(plain(quiet, 39)[2]).toHaveLength(39)
})

test('without a known size there is no bar', () => {
  const { bytesTotal: _bytesTotal, etaMs: _etaMs, ...piped } = HALF
  expect(plain(piped, 79)[0]).toBe('customers.ndjson  412/s')
})

test('before the first task it says what is being set up', () => {
  expect(plain(undefined, 39)).toEqual(['setting up ./v.ts'])
})

test('no line is ever wider than the terminal', () => {
  const large = fc.integer({ min: 0, max: 1e9 })
  const state = fc.constantFrom<Progress['state'][]>('starting', 'running', 'waiting', 'ending', 'ended')
  const widths = fc.integer({ min: 20, max: 200 })
  fc.assert(
    fc.property(state, large, large, large, widths, (state, pass, flag, timedOut, columns) => {
      const statuses = { ...NONE, completed: pass + flag, timedOut }
      const progress = {
        ...HALF,
        state,
        statuses,
        verdicts: { pass, flag, fail: 0 },
        tasksPerSecond: pass,
        etaMs: flag,
      }
      for (const line of plain(progress, columns)) expect(line.length).toBeLessThanOrEqual(columns)
    }),
  )
})

test('of whole files it has the bytes beside their number', () => {
  const text = barText(HALF, { ...SUBJECT, hasFiles: true }, 79)
  expect(stripVTControlCharacters(text)).toContain('\n1,000 done  488 KB of 977 KB  900 pass')
})
