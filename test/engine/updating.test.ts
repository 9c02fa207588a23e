import { expect, test } from 'vitest'
import { collect, faults, progressWhere, tasks, testEngine } from './fixtures.ts'

const sleeping = (count: number): object[] => Array.from({ length: count }, () => ({ do: 'sleep', n: 50 }))

test('more tasks may run from now on', async () => {
  const run = testEngine({ threads: 2 }).run(faults, sleeping(200), { concurrency: 2 })
  const outcomes = collect(run)
  await progressWhere(run, ({ running }) => running === 2)
  run.update({ concurrency: 40 })
  await progressWhere(run, ({ running }) => running > 30)
  expect((await outcomes).every(({ status }) => status === 'completed')).toBe(true)
})

test('fewer tasks may run from now on', async () => {
  const run = testEngine({ threads: 2 }).run(faults, sleeping(400), { concurrency: 40 })
  const outcomes = collect(run)
  await progressWhere(run, ({ running }) => running > 30)
  run.update({ concurrency: 2 })
  await progressWhere(run, ({ running }) => running <= 2)
  for (let looks = 0; looks < 20; looks++) expect(run.progress().running).toBeLessThanOrEqual(2)
  run.update({ concurrency: 40 })
  expect((await outcomes).map(({ status }) => status)).toEqual(Array(400).fill('completed'))
})

test('a tolerance that is given later halts the run', async () => {
  const broken = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [i, { do: 'throw' }]))
  const run = testEngine().run(faults, [...tasks(20, broken), ...sleeping(1000)])
  const report = run.report()
  await progressWhere(run, ({ statuses }) => statuses.errored === 20)
  run.update({ tolerate: { count: 5 } })
  expect(await report).toMatchObject({ result: 'failed', tolerance: { count: 5, unsuccessful: 20, isExceeded: true } })
})

test('a run that has ended is not changed, and what cannot be changed is refused', async () => {
  const run = testEngine().run(faults, tasks(3))
  await run.report()
  run.update({ concurrency: 5 })
  expect(() => run.update({ concurrency: 0 })).toThrow("concurrency is 0: use 'auto', or a whole number from 1.")
  expect(() => run.update({ timeoutMs: 5 } as never)).toThrow('update() has no option timeoutMs.')
  expect(() => run.update(5 as never)).toThrow('the options of update() are 5')
})
