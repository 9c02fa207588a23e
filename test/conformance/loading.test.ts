import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { counted, faults, lifecycle, staged, tasks, tempFolder, untilWritten } from '../engine/fixtures.ts'
import { POOLS, engineOn, newLog } from './pools.ts'

describe.each(POOLS)('in %s', (pool) => {
  test('a verifier is set up once on each lane, keeps its state, and is torn down', async () => {
    const log = newLog()
    const engine = engineOn(pool)
    const loaded = engine.load<number>(lifecycle, { config: { log } })
    await loaded.ready
    expect(counted(log)).toEqual({ setup: 2 })
    expect(await loaded.run([1, 2, 3, 4]).report()).toMatchObject({ result: 'succeeded' })
    await loaded.close()
    expect(counted(log)).toEqual({ setup: 2, verify: 4, teardown: 2 })
  })

  test('closing the engine runs the teardowns, and tells of one that failed', async () => {
    const log = newLog()
    const engine = engineOn(pool)
    await engine.load(lifecycle, { config: { log, failTeardown: true } }).ready
    const { stuckThreads, warnings } = await engine.close()
    expect(stuckThreads).toEqual([])
    expect(warnings).toEqual(Array.from({ length: 2 }, () => expect.stringContaining('cannot close') as string))
    expect(counted(log)).toEqual({ setup: 2, teardown: 2 })
  })

  test('a module that is not there, has no verifier, or ends its thread, is told by name', async () => {
    const folder = tempFolder()
    const [empty, ending] = [join(folder, 'empty.mjs'), join(folder, 'ending.mjs')]
    writeFileSync(empty, 'export const nothing = 1')
    writeFileSync(ending, 'process.exit(3)')
    const engine = engineOn(pool, { threads: 1 })
    for (const [path, code] of [
      [join(folder, 'none.mjs'), 'FANFOLD_VERIFIER_NOT_FOUND'],
      [empty, 'FANFOLD_VERIFIER_NO_EXPORT'],
      [ending, 'FANFOLD_VERIFIER_LOAD_FAILED'],
    ] as const) {
      const message = expect.stringContaining(path) as string
      await expect(engine.load(path).ready).rejects.toMatchObject({ code, message })
    }
    expect(await engine.run(faults, tasks(10)).report()).toMatchObject({ result: 'succeeded' })
  })

  test('a setup that throws keeps the error, and one that throws on some lanes is a warning', async () => {
    const folder = tempFolder()
    const config = { log: join(folder, 'log'), claim: join(folder, 'claim') }
    const engine = engineOn(pool)
    await expect(engine.load(lifecycle, { config: { ...config, failSetupOn: 'all' } }).ready).rejects.toMatchObject({
      code: 'FANFOLD_SETUP_FAILED',
      cause: { message: 'no database here' },
    })
    const partly = engine.load<number>(lifecycle, { config: { ...config, failSetupOn: 'first' } })
    await partly.ready
    const report = await partly.run([1, 2, 3]).report()
    expect(report).toMatchObject({ result: 'succeeded', warnings: [expect.stringContaining('no database here')] })
  })

  test('a setup that takes too long, or blocks its thread, is given up', async () => {
    const blocking = join(tempFolder(), 'blocking.mjs')
    writeFileSync(blocking, 'for (;;);')
    const engine = engineOn(pool, { threads: 1 })
    const log = newLog()
    const slow = engine.load(staged, { config: { log, setupMs: 300 }, startTimeoutMs: 100 })
    await expect(slow.ready).rejects.toMatchObject({ code: 'FANFOLD_START_TIMED_OUT' })
    await untilWritten(log, { 'torn-down': 1 })
    const blocked = engine.load(blocking, { startTimeoutMs: 100 })
    await expect(blocked.ready).rejects.toMatchObject({
      code: 'FANFOLD_START_TIMED_OUT',
      message: expect.stringContaining(blocking) as string,
    })
    expect(await engine.run(faults, tasks(10)).report()).toMatchObject({ result: 'succeeded' })
  })

  test('a verifier that was loaded before is there in a thread that replaces another', async () => {
    const log = newLog()
    const engine = engineOn(pool, { threads: 1 })
    const [first, second] = [engine.load<object>(faults), engine.load<number>(lifecycle, { config: { log } })]
    await Promise.all([first.ready, second.ready])
    expect((await first.run(tasks(10, { 3: { do: 'exit' } })).report()).statuses.crashed).toBe(1)
    expect(await second.run([1, 2]).report()).toMatchObject({ result: 'succeeded', verdicts: { pass: 2 } })
    expect(counted(log)['setup']).toBeGreaterThan(1)
  })
})
