import type { Counts } from './bench-case.ts'

/** One task in so many is made invalid, in every case: the last of each stretch. */
const INVALID_EVERY = 50

/** Whether the generators make the task of this number (from 0) invalid. */
export function isPlanted(n: number): boolean {
  return n % INVALID_EVERY === INVALID_EVERY - 1
}

/** What the first `tasks` tasks come to. */
export function plantedCounts(tasks: number): Counts {
  const fail = Math.floor(tasks / INVALID_EVERY)
  return { pass: tasks - fail, fail }
}

/** The sum of what several threads counted. */
export function sumCounts(counts: readonly Counts[]): Counts {
  return counts.reduce((sum, { pass, fail }) => ({ pass: sum.pass + pass, fail: sum.fail + fail }), {
    pass: 0,
    fail: 0,
  })
}
