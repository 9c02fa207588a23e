import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Engine } from '@fanfold/core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { collect, progressWhere, tempFolder } from '../engine/fixtures.ts'
import { POOLS, numbers, poolOption } from './pools.ts'

const occupied = new URL('./verifiers/occupied.ts', import.meta.url)

describe.each(POOLS)('in %s', (pool) => {
  test('closing the engine during a run, twice, ends it once, and every task is accounted for', async () => {
    const engine = new Engine({ threads: 2, ...poolOption(pool) })
    onTestFinished(async () => void (await engine.close()))
    const items = numbers(5000).map((n) => ({ do: n === 100 ? 'loop' : 'pass' }))
    const run = engine.run(occupied, items, { timeoutMs: Infinity })
    const outcomes = collect(run)
    await progressWhere(run, ({ statuses }) => statuses.completed > 0)
    const first = engine.close()
    expect(engine.close()).toBe(first)
    expect(await first).toEqual({ stuckThreads: [], warnings: [] })
    expect(engine.close()).toBe(first)
    const report = await run.report()
    expect(report).toMatchObject({ result: 'aborted', total: 5000, failure: { code: 'FANFOLD_ENGINE_CLOSED' } })
    expect(report.statuses.completed + report.statuses.aborted).toBe(5000)
    const delivered = await outcomes
    expect(new Set(delivered.map(({ index }) => index)).size).toBe(delivered.length)
    expect(() => engine.run(occupied, [])).toThrow(expect.objectContaining({ code: 'FANFOLD_ENGINE_CLOSED' }))
  })

  test('closing the engine does not wait for a native call: its thread is named, its process ended', async () => {
    const folder = tempFolder()
    const end = join(folder, 'end')
    const engine = new Engine({ threads: 2, ...poolOption(pool) })
    onTestFinished(async () => {
      writeFileSync(end, '')
      await engine.close()
    })
    const run = engine.run(occupied, [{ do: 'shell', path: end }, ...numbers(20).map(() => ({ do: 'pass' }))], {
      timeoutMs: Infinity,
    })
    const outcomes = collect(run)
    await expect.poll(() => existsSync(join(folder, 'begun')), { timeout: 20_000, interval: 5 }).toBe(true)
    const { stuckThreads, warnings } = await engine.close()
    expect(warnings).toEqual([])
    expect(stuckThreads).toHaveLength(pool === 'threads' ? 1 : 0)
    expect((await outcomes).find(({ index }) => index === 0)).toMatchObject({ status: 'aborted', attempts: 1 })
    const report = await run.report()
    const named = pool === 'threads' ? [{ thread: stuckThreads[0], index: 0 }] : []
    expect(report).toMatchObject({ result: 'aborted', total: 21, stuckThreads: named })
    expect(existsSync(end)).toBe(false) // nobody has ended it
  })
})
