import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { byIndex, collect, faults, progressWhere, tasks, tempFolder } from '../engine/fixtures.ts'
import { POOLS, engineOn } from './pools.ts'

const THROWS_LATER = `
  export default (n) => {
    if (n === 5) setTimeout(() => { throw new Error('out of nowhere') }, 1)
    return n === 5 ? new Promise((resolve) => setTimeout(() => resolve(true), 60_000)) : true
  }
`

describe.each(POOLS)('in %s', (pool) => {
  test.each(['spin', 'regex', 'spinBetweenAwaits', 'microtasks', 'never', 'block'])(
    'a task that does not end (%s) is timed out, and none of its neighbours',
    async (kind) => {
      const items = tasks(30, { 11: { do: kind, n: 60_000 } })
      const outcomes = byIndex(await collect(engineOn(pool).run(faults, items, { timeoutMs: 200 })))
      expect(outcomes.map(({ index }) => index)).toEqual(items.map((_, i) => i))
      expect(outcomes.filter(({ status }) => status !== 'completed')).toMatchObject([
        { index: 11, status: 'timedOut', error: { code: 'FANFOLD_TASK_TIMED_OUT' } },
      ])
    },
  )

  test('of many async tasks, the one that blocks their thread is found', async () => {
    const waiting = Object.fromEntries(Array.from({ length: 16 }, (_, i) => [i, { do: 'sleep', n: 50 }]))
    const items = tasks(16, { ...waiting, 6: { do: 'spinBetweenAwaits' } })
    const outcomes = byIndex(await collect(engineOn(pool).run(faults, items, { timeoutMs: 300, concurrency: 8 })))
    expect(outcomes.filter(({ status }) => status !== 'completed')).toMatchObject([{ index: 6, status: 'timedOut' }])
  })

  test('a task that ends its thread is crashed, exactly it, with the exit code', async () => {
    const run = engineOn(pool).run(faults, tasks(500, { 222: { do: 'exit' } }))
    const outcomes = byIndex(await collect(run))
    expect(outcomes).toHaveLength(500)
    expect(outcomes.filter(({ status }) => status !== 'completed')).toMatchObject([
      {
        index: 222,
        status: 'crashed',
        attempts: 2,
        error: { message: 'the task took its thread down, twice: the thread exited with code 7' },
      },
    ])
    expect(await run.report()).toMatchObject({ statuses: { completed: 499, crashed: 1 }, stuckThreads: [] })
  })

  test('a task that throws out of nowhere is crashed, with its error', async () => {
    const path = join(tempFolder(), 'verifier.mjs')
    writeFileSync(path, THROWS_LATER)
    const numbers = Array.from({ length: 20 }, (_, n) => n)
    const outcomes = byIndex(await collect(engineOn(pool).run(path, numbers)))
    expect(outcomes.filter(({ status }) => status !== 'completed')).toMatchObject([
      { index: 5, status: 'crashed', error: { cause: { message: 'out of nowhere' } } },
    ])
  })

  test('a task that exhausts the heap is crashed', async () => {
    const engine = engineOn(pool, { threads: 1, threadMemoryMb: 32 })
    const outcomes = byIndex(await collect(engine.run(faults, tasks(20, { 3: { do: 'heap' } }))))
    expect(outcomes.filter(({ status }) => status !== 'completed')).toMatchObject([
      { index: 3, status: 'crashed', error: { cause: { code: 'ERR_WORKER_OUT_OF_MEMORY' } } },
    ])
  })

  test('cancelling ends what runs, honours its signal or not', async () => {
    const items = tasks(4, {
      0: { do: 'cooperative' },
      1: { do: 'spin' },
      2: { do: 'never' },
      3: { do: 'cooperative' },
    })
    const run = engineOn(pool).run(faults, items, { concurrency: 2 })
    await progressWhere(run, ({ running }) => running === 2)
    run.cancel('enough')
    const report = await run.report()
    expect(report).toMatchObject({ result: 'aborted', statuses: { aborted: 4 }, failure: { cause: 'enough' } })
  })

  test('closing the engine ends what runs', async () => {
    const engine = engineOn(pool)
    const run = engine.run(faults, tasks(2, { 0: { do: 'spin' }, 1: { do: 'never' } }))
    await progressWhere(run, ({ running }) => running === 2)
    expect(await engine.close()).toEqual({ stuckThreads: [], warnings: [] })
    expect(await run.report()).toMatchObject({ result: 'aborted', failure: { code: 'FANFOLD_ENGINE_CLOSED' } })
  })
})
