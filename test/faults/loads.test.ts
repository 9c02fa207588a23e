import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { collect, tempFolder } from '../engine/fixtures.ts'
import { POOLS, numbers, testEngine, verifierOf } from './pools.ts'

const HOSTILE = `new Proxy({}, new Proxy({}, { get() { throw new Error('no') } }))`

/** Counts how often it was loaded, in every thread of every process, and throws from the load with this number on. */
const throwsFrom = (log: string, load: number, rest: string): string => `
  import { appendFileSync, readFileSync } from 'node:fs'
  appendFileSync(${JSON.stringify(log)}, '.')
  if (readFileSync(${JSON.stringify(log)}).length >= ${load}) throw new Error('no database left')
  ${rest}
`
const EXITS_AT_5 = 'export default (n) => (n === 5 ? process.exit(3) : true)'

describe.each(POOLS)('in %s', (pool) => {
  test.each([
    ['a syntax error', 'export default (', 'FANFOLD_VERIFIER_LOAD_FAILED', 'syntax error'],
    ['a throw at the top', `throw new Error('top of it')`, 'FANFOLD_VERIFIER_LOAD_FAILED', 'top of it'],
    ['a throw of null', `throw null`, 'FANFOLD_VERIFIER_LOAD_FAILED', 'null'],
    ['a missing export', 'export const verify = () => true', 'FANFOLD_VERIFIER_NO_EXPORT', 'export default'],
    [
      'an uncaught error while it waits',
      `setTimeout(() => { throw new Error('from a timer') }, 1); await new Promise(() => {})`,
      'FANFOLD_VERIFIER_LOAD_FAILED',
      'from a timer',
    ],
    [
      'a setup that throws a hostile proxy',
      `export default { setup() { throw ${HOSTILE} }, verify: () => true }`,
      'FANFOLD_SETUP_FAILED',
      'verifier.mjs',
    ],
  ])('%s: the run cannot start, says why, and the engine goes on', async (_, text, code, says) => {
    const engine = testEngine({ pool, threads: 1 })
    const run = engine.run(verifierOf(text), [1, 2, 3])
    await expect(run.report()).rejects.toMatchObject({ code, message: expect.stringContaining(says) as string })
    expect(await engine.run(verifierOf('export default () => true'), [1, 2, 3]).report()).toMatchObject({
      result: 'succeeded',
    })
  })

  test('a teardown that throws a hostile proxy is a warning, and the thread goes on', async () => {
    const engine = testEngine({ pool, threads: 1 })
    const path = verifierOf(`export default { verify: () => true, teardown() { throw ${HOSTILE} } }`)
    const report = await engine.run(path, [1]).report()
    expect(report).toMatchObject({ result: 'succeeded', warnings: [expect.stringContaining('teardown failed')] })
    expect(await engine.run(verifierOf('export default () => true'), [1, 2, 3]).report()).toMatchObject({
      result: 'succeeded',
      threadsReplaced: 0,
    })
  })

  test('a module that throws in its second thread only is a warning, and the other thread does the work', async () => {
    const log = join(tempFolder(), 'log')
    const loaded = testEngine({ pool, threads: 2 }).load<number>(
      verifierOf(throwsFrom(log, 2, 'export default () => true')),
    )
    await loaded.ready
    expect(await loaded.run(numbers(1000)).report()).toMatchObject({
      result: 'succeeded',
      total: 1000,
      warnings: [expect.stringContaining('no database left')],
    })
    expect(readFileSync(log, 'utf8')).toBe('..')
  })

  test.each([1, 2])(
    'a module that throws on every replacement fails the run, whose tasks are all accounted for (%i threads)',
    async (threads) => {
      const log = join(tempFolder(), 'log')
      const loaded = testEngine({ pool, threads }).load<number>(verifierOf(throwsFrom(log, threads + 1, EXITS_AT_5)))
      await loaded.ready
      const run = loaded.run(numbers(1000))
      await expect(collect(run)).rejects.toMatchObject({
        message: expect.stringContaining('no database left') as string,
      })
      const report = await run.report()
      expect(report).toMatchObject({ result: 'failed', total: 1000, failure: { code: 'FANFOLD_VERIFIER_LOAD_FAILED' } })
      const { completed, aborted, crashed } = report.statuses
      expect([completed + aborted, crashed]).toEqual([1000, 0])
    },
  )

  test('a module that throws on one replacement, and not on the next, costs a warning at most', async () => {
    const log = join(tempFolder(), 'log')
    const text = `
      import { appendFileSync, readFileSync } from 'node:fs'
      appendFileSync(${JSON.stringify(log)}, '.')
      if (readFileSync(${JSON.stringify(log)}).length === 3) throw new Error('for a moment')
      ${EXITS_AT_5}
    `
    const loaded = testEngine({ pool, threads: 2 }).load<number>(verifierOf(text))
    await loaded.ready
    const report = await loaded.run(numbers(1000)).report()
    expect(report).toMatchObject({ result: 'partial', total: 1000, statuses: { completed: 999, crashed: 1 } })
  })
})
