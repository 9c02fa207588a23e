import { join } from 'node:path'
import { existsSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { collect, tempFolder } from '../engine/fixtures.ts'
import { POOLS, numbers, testEngine, unsuccessful, verifierOf } from './pools.ts'
import type { Pool } from './pools.ts'

/** What ends a thread, and what is told of it. */
const ENDS: readonly (readonly [name: string, text: string, told: object])[] = [
  ['an error', `throw new Error('out of nowhere')`, { cause: { message: 'out of nowhere' } }],
  ['null', `throw null`, {}],
  ['a rejection', `void Promise.reject(new RangeError('unheard'))`, { cause: { message: 'unheard' } }],
  ['exit 0', `process.exit(0)`, { message: expect.stringContaining('exited with code 0') as unknown }],
  ['exit 1', `process.exit(1)`, { message: expect.stringContaining('exited with code 1') as unknown }],
]

/** Task 5 ends its thread while it is pending. Beside it others wait. */
const whilePending = (later: string): string => `
  export default (n) => {
    if (n === 5) ${later}
    return new Promise((resolve) => setTimeout(resolve, n === 5 ? 60_000 : 10, true))
  }
`
/** Task 5 ends its thread after its verdict. Beside it others wait. */
const afterwards = (later: string): string => `
  export default (n) => {
    if (n !== 5) return new Promise((resolve) => setTimeout(resolve, 30, true))
    ${later}
    return true
  }
`

/** The first verdict that a thread gives leaves something behind that ends it. */
const whenIdle = (log: string, text: string): string => `
  import { existsSync, writeFileSync } from 'node:fs'
  const log = ${JSON.stringify(log)}
  export default () => {
    if (!existsSync(log)) setTimeout(() => { writeFileSync(log, ''); ${text} }, 50)
    return true
  }
`

async function expectNobodyCrashed(pool: Pool, verifier: string): Promise<void> {
  const run = testEngine({ pool, threads: 2 }).run<number>(verifierOf(verifier), numbers(60), { concurrency: 8 })
  expect(unsuccessful(await collect(run))).toEqual([])
  const report = await run.report()
  expect(report).toMatchObject({ result: 'succeeded', total: 60 })
  expect(report.threadsReplaced).toBeGreaterThan(0)
}

describe.each(POOLS)('in %s', (pool) => {
  describe.each(ENDS)('%s', (_, text, told) => {
    test('in a timer of a task that is pending: it is crashed, exactly it', async () => {
      const path = verifierOf(whilePending(`setTimeout(() => { ${text} }, 2)`))
      const run = testEngine({ pool, threads: 2 }).run<number>(path, numbers(30), { concurrency: 8 })
      const outcomes = await collect(run)
      expect(unsuccessful(outcomes)).toMatchObject([
        { index: 5, status: 'crashed', attempts: 2, error: { code: 'FANFOLD_TASK_CRASHED', ...told } },
      ])
      expect(outcomes).toHaveLength(30)
    })

    test('in setImmediate of a task that has its verdict: nobody is crashed, and all are verified', async () => {
      await expectNobodyCrashed(pool, afterwards(`setImmediate(() => { ${text} })`))
    })

    test('in an idle thread: the next run has another one', async () => {
      const log = join(tempFolder(), 'log')
      const loaded = testEngine({ pool, threads: 1 }).load<number>(verifierOf(whenIdle(log, text)))
      expect(await loaded.run([1]).report()).toMatchObject({ result: 'succeeded' })
      await expect.poll(() => existsSync(log), { timeout: 20_000, interval: 5 }).toBe(true)
      expect(await loaded.run(numbers(100)).report()).toMatchObject({ result: 'succeeded', total: 100 })
    })
  })

  test.each([
    ['an error', `throw new Error('out of nowhere')`],
    ['an exit', 'process.exit(1)'],
  ])('%s in a timer of a task that has its verdict: nobody is crashed, and all are verified', async (_, text) => {
    await expectNobodyCrashed(pool, afterwards(`setTimeout(() => { ${text} }, 10)`))
  })

  test.each([0, 1])('a task that exits with code %i at once is crashed, exactly it', async (code) => {
    const path = verifierOf(`export default (n) => n === 77 ? process.exit(${code}) : true`)
    const run = testEngine({ pool, threads: 2 }).run<number>(path, numbers(500))
    const message = `the task took its thread down, twice: the thread exited with code ${code}`
    expect(unsuccessful(await collect(run))).toMatchObject([
      { index: 77, status: 'crashed', attempts: 2, error: { message } },
    ])
    expect(await run.report()).toMatchObject({ total: 500, statuses: { completed: 499, crashed: 1 } })
  })

  test('a heap of 128 MB that runs full, at once or after an await, costs its own task only', async () => {
    const path = verifierOf(`
      const fill = () => {
        const kept = []
        for (;;) kept.push(Array.from({ length: 1000 }, (_, i) => ({ i })))
      }
      export default (n) => (n === 7 ? fill() : n === 27 ? Promise.resolve().then(fill) : true)
    `)
    const run = testEngine({ pool, threads: 2, threadMemoryMb: 128 }).run<number>(path, numbers(40))
    const crashed = { status: 'crashed', attempts: 2, error: { cause: { code: 'ERR_WORKER_OUT_OF_MEMORY' } } }
    expect(unsuccessful(await collect(run))).toMatchObject([
      { index: 7, ...crashed },
      { index: 27, ...crashed },
    ])
    expect(await run.report()).toMatchObject({ total: 40, statuses: { completed: 38, crashed: 2 } })
  })
})
