import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { collect, counted, lifecycle, progressWhere, tempFolder } from '../engine/fixtures.ts'
import { POOLS, numbers, testEngine, untilRunning } from './pools.ts'

const occupied = new URL('./verifiers/occupied.ts', import.meta.url)
const passes = (count: number): object[] => numbers(count).map(() => ({ do: 'pass' }))

describe.each(POOLS)('in %s', (pool) => {
  test('a run that is cancelled before its start never calls the verifier, and counts every task as aborted', async () => {
    const log = join(tempFolder(), 'log')
    const loaded = testEngine({ pool, threads: 1 }).load<number>(lifecycle, { config: { log } })
    await loaded.ready
    const now = loaded.run(numbers(50))
    now.cancel('not today')
    const soon = loaded.run(numbers(50))
    soon.cancel('not today', { when: 'soon' })
    for (const run of [loaded.run(numbers(50), { signal: AbortSignal.abort('not today') }), now, soon]) {
      expect(await run.report()).toMatchObject({
        result: 'aborted',
        total: 50,
        statuses: { aborted: 50, completed: 0 },
        failure: { code: 'FANFOLD_RUN_ABORTED', cause: 'not today' },
      })
    }
    expect(counted(log)).toEqual({ setup: 1 })
  })

  test.each(['now', 'soon'] as const)('a run that waits behind another one is aborted whole (%s)', async (when) => {
    const gate = join(tempFolder(), 'gate')
    const loaded = testEngine({ pool, threads: 1 }).load<object>(occupied)
    const busy = loaded.run([{ do: 'gate', path: gate }], { timeoutMs: Infinity })
    await untilRunning(busy)
    const queued = loaded.run(passes(50))
    await progressWhere(queued, ({ read }) => read > 0)
    queued.cancel('queued', { when })
    const outcomes = await collect(queued)
    expect(outcomes.length).toBeGreaterThan(0)
    for (const outcome of outcomes) expect(outcome).toMatchObject({ status: 'aborted', attempts: 0 })
    expect(await queued.report()).toMatchObject({ total: 50, statuses: { aborted: 50 }, threadsReplaced: 0 })
    expect(existsSync(gate)).toBe(false) // nothing had to end for that
    writeFileSync(gate, '')
    expect(await busy.report()).toMatchObject({ result: 'succeeded', threadsReplaced: 0 })
  })

  test('a cancel after the end, in either way, by a signal or not, changes nothing', async () => {
    const controller = new AbortController()
    const run = testEngine({ pool, threads: 1 }).run(occupied, passes(20), { signal: controller.signal })
    const report = await run.report()
    run.cancel('late')
    run.cancel('later', { when: 'soon' })
    controller.abort('latest')
    expect(await run.report()).toBe(report)
    expect(report).toMatchObject({ result: 'succeeded', total: 20, statuses: { completed: 20, aborted: 0 } })
  })

  test('of two cancels the first one counts, also if they come at once', async () => {
    const controller = new AbortController()
    const run = testEngine({ pool, threads: 1 }).run(occupied, [{ do: 'never' }, ...passes(20)], {
      signal: controller.signal,
      concurrency: 1, // it has no company
    })
    await untilRunning(run)
    controller.abort('first')
    run.cancel('second')
    run.cancel('third', { when: 'soon' })
    for (const outcome of await collect(run))
      expect(outcome).toMatchObject({ status: 'aborted', error: { cause: 'first' } })
    expect(await run.report()).toMatchObject({ total: 21, statuses: { aborted: 21 }, failure: { cause: 'first' } })
  })

  test('the reason, whatever it is, is told with every aborted task and in the report', async () => {
    const loaded = testEngine({ pool, threads: 1 }).load<object>(occupied)
    for (const [reason, message] of [
      [new RangeError('too much'), 'the run was cancelled: too much'],
      ['lunch', 'the run was cancelled: lunch'],
      [{ by: 'user' }, 'the run was cancelled'],
      [undefined, 'the run was cancelled'],
    ] as const) {
      // It has no company.
      const run = loaded.run([{ do: 'never' }, ...passes(20)], { concurrency: 1 })
      await untilRunning(run)
      run.cancel(reason)
      const outcomes = await collect(run)
      expect(outcomes.length).toBeGreaterThan(0) // what was read; the rest is counted
      for (const outcome of outcomes) expect(outcome).toMatchObject({ status: 'aborted', error: { message } })
      const { failure } = await run.report()
      expect(failure).toMatchObject({ code: 'FANFOLD_RUN_ABORTED', message })
      expect(failure!.cause).toBe(reason)
    }
  })
})
