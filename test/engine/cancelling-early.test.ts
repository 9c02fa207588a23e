import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { collect, faults, tasks, tempFolder, testEngine } from './fixtures.ts'

test.for([false, true])(
  'a cancel at any moment of the opening ends its own run only (journal: %s)',
  async (isJournaled) => {
    const engine = testEngine()
    const loaded = engine.load<object>(faults)
    await loaded.ready
    const folder = tempFolder()
    for (let turns = 0; turns <= 20; turns++) {
      const other = loaded.run(tasks(50))
      const options = isJournaled ? { journal: { path: join(folder, `${turns}.journal`), sourceId: 'tasks' } } : {}
      const run = loaded.run(tasks(50), options)
      for (let i = 0; i < turns; i++) await Promise.resolve()
      run.cancel()
      const [outcomes, others] = await Promise.all([collect(run), collect(other)])
      expect(others).toHaveLength(50)
      const report = await run.report()
      expect(report).toMatchObject({ result: 'aborted' })
      expect(outcomes.length).toBeLessThanOrEqual(50)
    }
  },
)

test('whoever has seen a cancelled run end may open its journal at once', async () => {
  const engine = testEngine()
  const loaded = engine.load<object>(faults)
  await loaded.ready
  const journal = { path: join(tempFolder(), 'journal'), sourceId: 'tasks', resume: 'unfinished' } as const
  for (let n = 0; n < 30; n++) {
    const run = loaded.run(tasks(50), { journal })
    if (n % 3 > 0) await delay(n % 10) // at any moment: none of them is waited for
    run.cancel()
    await (n % 2 === 0 ? collect(run) : run.report())
  }
  expect(await loaded.run(tasks(50), { journal }).report()).toMatchObject({ result: 'succeeded', total: 50 })
})
