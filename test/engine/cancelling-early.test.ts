import { join } from 'node:path'
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
