import { expect, test } from 'vitest'
import type { Progress } from '@fanfold/core'
import { lineText } from './line-text.ts'

const SUBJECT = { name: 'customers.ndjson', verifier: './v.ts' }
const HALF: Progress = {
  state: 'running',
  read: 1000,
  total: 2000,
  bytesRead: 500_000,
  held: 60,
  waiting: 60,
  suspects: 0,
  running: 2,
  statuses: { completed: 990, errored: 10, timedOut: 0, crashed: 0, aborted: 0, skipped: 0 },
  verdicts: { pass: 900, flag: 90, fail: 0 },
  tasksPerSecond: 412.3,
  quietMs: 0,
  lanes: [],
}

test('it tells the share, the rate, the counts, and what waits for another attempt', () => {
  expect(lineText(HALF, SUBJECT)).toBe(
    'fanfold: 1,000 done (50%), 412/s, 900 pass, 90 flag, 10 errored, 60 to be tried again',
  )
  expect(lineText({ ...HALF, waiting: 0, etaMs: 2_400 }, SUBJECT)).toMatch(/10 errored, 2\.4 s left$/)
  expect(lineText({ ...HALF, suspects: 200 }, SUBJECT)).toContain('60 to be tried again, 200 suspects tried alone')
  expect(lineText({ ...HALF, suspects: 1 }, SUBJECT)).toContain(', 1 suspect tried alone')
  expect(lineText({ ...HALF, state: 'waiting' }, SUBJECT)).toMatch(/tried again, waits for the reader of --out$/)
})

test('when nothing happens it says why, in a line of its own', () => {
  const quiet = { ...HALF, quietMs: 60_000, lanes: [{ thread: 1, index: 7, busyMs: 60_000 }] }
  expect(lineText(quiet, SUBJECT).split('\n')[1]).toMatch(
    /^fanfold: no record has come to its end for .*: thread 1 is at index 7/,
  )
})

test('before the first task it says what is being set up', () => {
  expect(lineText(undefined, SUBJECT)).toBe('fanfold: setting up ./v.ts')
})

test('of whole files it tells the bytes too, and of how many as soon as that is known', () => {
  const subject = { ...SUBJECT, hasFiles: true }
  expect(lineText(HALF, subject)).toMatch(/^fanfold: 1,000 done \(50%\), 488 KB, 412\/s/)
  expect(lineText({ ...HALF, bytesTotal: 3_000_000 }, subject)).toContain(', 488 KB of 2.9 MB, ')
})
