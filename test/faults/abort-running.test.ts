import { execFileSync } from 'node:child_process'
import { closeSync, existsSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Outcome, Run } from '@fanfold/core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { byIndex, collect, progressWhere, tempFolder } from '../engine/fixtures.ts'
import { POOLS, numbers, testEngine } from './pools.ts'
import type { Pool } from './pools.ts'

const occupied = new URL('./verifiers/occupied.ts', import.meta.url)
const BEHIND = 20

/** A task in a folder of its own: it ends when `end` is called, and in any case with the test. */
interface Work {
  readonly item: object
  /** In processes a run's progress tells what was sent; this waits until the verifier was called. */
  readonly begun: () => Promise<void>
  readonly end: () => void
}

function makeWork(kind: string): Work {
  const folder = tempFolder()
  const path = join(folder, 'end')
  const begun = (): Promise<void> =>
    expect.poll(() => existsSync(join(folder, 'begun')), { timeout: 20_000, interval: 5 }).toBe(true)
  if (kind !== 'readPipe') return { item: { do: kind, path }, begun, end: () => writeFileSync(path, '') }
  execFileSync('mkfifo', [path])
  // To read and write: to open it so waits for nobody, and nobody who reads waits for a writer.
  let writer: number | undefined = openSync(path, 'r+')
  const end = (): void => {
    if (writer !== undefined) closeSync(writer)
    writer = undefined
  }
  onTestFinished(end)
  return { item: { do: kind, path }, begun, end }
}

/** A run in one thread that is at work on such a task, with others queued behind it. */
async function start(pool: Pool, kind: string, timeoutMs: number = Infinity): Promise<Work & { readonly run: Run }> {
  const work = makeWork(kind)
  const items = [work.item, ...numbers(BEHIND).map(() => ({ do: 'pass' }))]
  const run = testEngine({ pool, threads: 1 }).run(occupied, items, { timeoutMs, concurrency: 1 })
  await work.begun()
  return { ...work, run }
}

/** The first task has ended like this, and all behind it never ran: of those, what had been read is told, the rest counted. */
async function expectCutShort(run: Run, first: Partial<Record<keyof Outcome | 'value', unknown>>): Promise<void> {
  const outcomes = byIndex(await collect(run))
  expect(outcomes.map(({ index }) => index)).toEqual(numbers(outcomes.length))
  expect(outcomes[0]).toMatchObject({ attempts: 1, ...first })
  const behind = outcomes.slice(1)
  expect(behind.every(({ status, attempts }) => status === 'aborted' && attempts === 0)).toBe(true)
  expect(await run.report()).toMatchObject({
    result: 'aborted',
    total: 1 + BEHIND,
    statuses: { aborted: first.status === 'aborted' ? 1 + BEHIND : BEHIND },
    failure: { code: 'FANFOLD_RUN_ABORTED' },
  })
}

/** Told by name, not by its error: that is the task's own if it ends when it is told to. */
const ABORTED = { status: 'aborted' } as const

describe.each(POOLS)('in %s', (pool) => {
  describe.each(['loop', 'regex'])('a %s that runs', (kind) => {
    test('is aborted by a cancel, its thread ended', async () => {
      const { run } = await start(pool, kind)
      run.cancel()
      await expectCutShort(run, ABORTED)
      expect(await run.report()).toMatchObject({ threadsReplaced: 1, stuckThreads: [] })
    })

    test('has its whole timeout after a cancel for soon', async () => {
      const { run } = await start(pool, kind, 300)
      run.cancel('soon is enough', { when: 'soon' })
      await expectCutShort(run, { status: 'timedOut' })
    })
  })

  test.each(['loop', 'never', 'obedient'])(
    'a cancel for now ends what one for soon has left running: %s',
    async (kind) => {
      const { run } = await start(pool, kind)
      run.cancel('first', { when: 'soon' })
      await progressWhere(run, ({ state }) => state === 'ending')
      run.cancel('second', { when: 'now' })
      await expectCutShort(run, ABORTED)
      expect((await run.report()).failure).toMatchObject({ cause: 'first' })
    },
  )

  test.each(['shell', 'query'])('a cancel does not wait for a native call (%s)', async (kind) => {
    const { run } = await start(pool, kind)
    run.cancel()
    await expectCutShort(run, ABORTED)
    // Nothing ends such a thread: it is named. A process is killed.
    const stuckThreads = pool === 'threads' ? [{ thread: 1, index: 0 }] : []
    expect((await run.report()).stuckThreads).toEqual(stuckThreads)
  })

  test('a cancel for soon waits for a native call, whose verdict counts', async () => {
    const { run, end } = await start(pool, 'shell')
    run.cancel('soon', { when: 'soon' })
    // Those behind it are given up while it still runs.
    await progressWhere(run, ({ state, read, statuses }) => state === 'ending' && statuses.aborted === read - 1)
    end()
    await expectCutShort(run, { status: 'completed', value: 'the shell has ended' })
    expect(await run.report()).toMatchObject({ stuckThreads: [], threadsReplaced: 0 })
  })

  test.each(['hashLater', 'readPipe', 'backup'])(
    'a cancel aborts an async task with native work pending (%s), and its thread goes on',
    async (kind) => {
      const engine = testEngine({ pool, threads: 1 })
      const loaded = engine.load<object>(occupied)
      const work = makeWork(kind)
      const run = loaded.run([work.item, { do: 'pass' }], { timeoutMs: Infinity, concurrency: 1 })
      await work.begun()
      run.cancel('enough')
      expect(byIndex(await collect(run))).toMatchObject([
        { index: 0, status: 'aborted', attempts: 1, error: { cause: 'enough' } },
        { index: 1, status: 'aborted', attempts: 0 },
      ])
      const after = await loaded.run(numbers(10).map(() => ({ do: 'pass' }))).report()
      expect(after).toMatchObject({ result: 'succeeded', total: 10, threadsReplaced: 0 })
      work.end()
      expect(await engine.close()).toEqual({ stuckThreads: [], warnings: [] })
    },
  )

  test.each([
    ['hashLater', 32],
    ['readPipe', 0],
    ['backup', 'copied'],
  ])('a cancel for soon lets an async task with native work pending (%s) come to its verdict', async (kind, value) => {
    const { run, end } = await start(pool, kind)
    run.cancel('soon', { when: 'soon' })
    await progressWhere(run, ({ state, read, statuses }) => state === 'ending' && statuses.aborted === read - 1)
    end()
    await expectCutShort(run, { status: 'completed', value })
  })

  test.each(['never', 'obedient'])('an async task (%s) is aborted by a cancel, and its thread stays', async (kind) => {
    const { run } = await start(pool, kind)
    run.cancel()
    await expectCutShort(run, { status: 'aborted' })
    expect((await run.report()).threadsReplaced).toBe(0)
  })
})
