import type { Report } from '@fanfold/core'
import { expect, test } from 'vitest'
import { nextStep } from './next-step.ts'
import type { Written } from './next-step.ts'

const OUT: Written = { out: 'found.out', lines: 10, only: undefined, summary: undefined }

function ended(counts: Partial<Report['statuses'] & Report['verdicts']>): Report {
  const { pass = 0, flag = 0, fail = 0, ...others } = counts
  const statuses = { errored: 0, timedOut: 0, crashed: 0, aborted: 0, skipped: 0, ...others }
  const completed = pass + flag + fail
  return {
    result: statuses.errored + statuses.timedOut + statuses.crashed > 0 ? 'partial' : 'succeeded',
    total: 10,
    sourceExhausted: true,
    statuses: { ...statuses, completed },
    verdicts: { pass, flag, fail },
    reasons: {},
    retries: 0,
    threadsReplaced: 0,
    stuckThreads: [],
    threads: 2,
    elapsedMs: 100,
    tasksPerSecond: 100,
    durationMs: { p50: 1, p90: 1, p99: 1, max: 1 },
    slowest: [],
    firstErrors: [],
    warnings: [],
  }
}

test.each<[what: string, report: Report, step: string | undefined]>([
  ['nothing where all is well', ended({ pass: 10 }), undefined],
  ['the one way in which records ended', ended({ pass: 9, timedOut: 1 }), `grep '"status":"timedOut"' found.out`],
  [
    'all of them, where there are several',
    ended({ fail: 5, errored: 2, timedOut: 2, crashed: 1 }),
    `grep -E '"status":"(errored|timedOut|crashed)"' found.out`,
  ],
  ['both verdicts', ended({ pass: 1, fail: 5, flag: 4 }), `grep -E '"verdict":"(fail|flag)"' found.out`],
])('in the lines that were written, it looks for %s', (_, report, step) => {
  expect(nextStep(report, OUT, 0)).toBe(step)
})

test('it looks for what was written only, and says how to have the others', () => {
  const report = ended({ pass: 7, errored: 2, timedOut: 1 })
  expect(nextStep(report, { ...OUT, only: ['timedOut'] }, 0)).toBe(`grep '"status":"timedOut"' found.out`)
  expect(nextStep(report, { ...OUT, only: ['fail'] }, 0)).toBe('--only fail,errored,timedOut writes them too')
})
