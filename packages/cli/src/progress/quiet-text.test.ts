import { expect, test } from 'vitest'
import type { LimitStatus, Progress } from '@fanfold/core'
import { quietText } from './quiet-text.ts'

const QUIET: Progress = {
  state: 'running',
  read: 1000,
  bytesRead: 500_000,
  held: 60,
  waiting: 0,
  suspects: 0,
  running: 2,
  statuses: { completed: 990, errored: 10, timedOut: 0, crashed: 0, aborted: 0, skipped: 0 },
  verdicts: { pass: 900, flag: 90, fail: 0 },
  tasksPerSecond: 412.3,
  quietMs: 12_000,
  lanes: [
    { thread: 1, index: 4, busyMs: 11_900 },
    { thread: 2, busyMs: 12_000 },
  ],
}

test('after ten seconds without an outcome it says what each thread is about', () => {
  expect(quietText({ ...QUIET, quietMs: 9_999 })).toBeUndefined()
  expect(quietText(QUIET)).toBe(
    'no record has come to its end for 12 s: thread 1 is at index 4, busy for 12 s; thread 2 is between two records, busy for 12 s',
  )
})

test('it says who waits for what', () => {
  const crm = { waiting: 3 } as LimitStatus // all that is looked at
  const idle = { waiting: 0 } as LimitStatus
  expect(quietText({ ...QUIET, lanes: [], limits: { crm, idle }, waiting: 1 })).toBe(
    "no record has come to its end for 12 s: 3 calls waiting for 'crm'; 1 record waiting for another attempt",
  )
  expect(quietText({ ...QUIET, lanes: [] })).toMatch(/: no thread has any$/)
})

test('of many threads it names some', () => {
  const lanes = Array.from({ length: 7 }, (_, i) => ({ thread: i + 1, index: i, busyMs: 10_000 }))
  expect(quietText({ ...QUIET, lanes })).toMatch(/thread 4 is at index 3, busy for 10 s; 3 more threads$/)
})

test('while the reader is waited for, or threads are set up, it says nothing', () => {
  expect(quietText({ ...QUIET, state: 'waiting' })).toBeUndefined()
  expect(quietText({ ...QUIET, state: 'starting' })).toBeUndefined()
})
