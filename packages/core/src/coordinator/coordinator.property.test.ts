import { describe, expect, test } from 'vitest'
import { PLANTED_BUGS, makeBroken } from './testing/planted-bugs.ts'
import { describeFailure, trySchedules } from './testing/property.ts'

const SEED = Number(process.env['FANFOLD_SEED'] ?? Math.floor(Math.random() * 1e9))
/** By default as many as a minute allows. */
const SCHEDULES = Number(process.env['FANFOLD_SCHEDULES'] ?? 10_000)
const AT_LEAST_MS = process.env['FANFOLD_SCHEDULES'] === undefined ? 60_000 : 0
/** Invariants take as long as all the rest. */
const CHECKED_EVERY = 10
/** Each planted bug has to be found among so many; most are found among the first ten. */
const ENOUGH = 5000

test(
  'under random schedules every task settles once, as it would alone, within the bounds, and every run ends',
  { timeout: 600_000 },
  () => {
    const startedAt = performance.now()
    const { schedules, steps, failure } = trySchedules({
      seed: SEED,
      schedules: SCHEDULES,
      atLeastMs: AT_LEAST_MS,
      checkedEvery: CHECKED_EVERY,
    })
    const seconds = (performance.now() - startedAt) / 1000
    console.log(
      `${schedules} schedules of the coordinator from FANFOLD_SEED=${SEED}, ${Math.round(steps / schedules)} steps each, ${seconds.toFixed(1)} s`,
    )
    expect(failure === undefined ? '' : describeFailure(failure)).toBe('')
    expect(schedules).toBeGreaterThanOrEqual(SCHEDULES)
  },
)

describe('a planted bug is found, by its effects alone:', () => {
  test.for(Object.keys(PLANTED_BUGS))('%s', (name) => {
    const play = { makeMachine: makeBroken(name) }
    const { schedules, failure } = trySchedules({ seed: SEED, schedules: ENOUGH, checkedEvery: Infinity, play })
    expect(failure, `not found in ${schedules} schedules`).toBeDefined()
    expect(failure!.smallest.story.length).toBeGreaterThan(0)
  })
})
