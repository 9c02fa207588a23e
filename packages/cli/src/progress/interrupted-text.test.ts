import { expect, test } from 'vitest'
import type { Progress } from '@fanfold/core'
import { interruptedText } from './interrupted-text.ts'

const running = (count: number): Progress => ({
  state: 'running',
  read: 100,
  bytesRead: 1_000,
  held: 50,
  waiting: 0,
  suspects: 0,
  running: count,
  statuses: { completed: 50, errored: 0, timedOut: 0, crashed: 0, aborted: 0, skipped: 0 },
  verdicts: { pass: 50, flag: 0, fail: 0 },
  tasksPerSecond: 10,
  quietMs: 0,
  lanes: [],
})

test.each([
  [2, undefined, 'finishing the 2 that run (at most --timeout 30s each)'],
  [1, 500, 'finishing the 1 that runs (at most --timeout 500ms)'],
  [1_200, 120_000, 'finishing the 1,200 that run (at most --timeout 120s each)'],
  [2, Infinity, 'finishing the 2 that run (no --timeout: it may take for ever)'],
  [0, Infinity, 'finishing what runs (no --timeout: it may take for ever)'],
])('of %i that run with a timeout of %s: %s', (count, timeoutMs, expected) => {
  expect(interruptedText(running(count), timeoutMs)).toBe(`interrupted: ${expected}; once more stops now`)
})
