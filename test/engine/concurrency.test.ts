import { createServer } from 'node:http'
import type { ServerResponse } from 'node:http'
import { verifierAt } from '@fanfold/core'
import type { Engine, RunOptions } from '@fanfold/core'
import { describe, expect, test } from 'vitest'
import { collect, testEngine } from './fixtures.ts'
import { listening } from './listening.ts'
import { CELLS } from './verifiers/counts-running.ts'
import type { Counted } from './verifiers/counts-running.ts'

const counting = verifierAt<typeof import('./verifiers/counts-running.ts')>(
  new URL('./verifiers/counts-running.ts', import.meta.url),
)
const asking = verifierAt<typeof import('./verifiers/asks-server.ts')>(
  new URL('./verifiers/asks-server.ts', import.meta.url),
)

function newCells(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4 * Object.keys(CELLS).length))
}

function many(count: number, task: Counted): Counted[] {
  return Array.from({ length: count }, () => task)
}

/** Runs the tasks, and returns the most that ran at once over all threads, and in one thread for each task. */
async function mostOf(
  engine: Engine,
  tasks: readonly Counted[],
  options: RunOptions = {},
): Promise<{ most: number; here: number[] }> {
  const cells = newCells()
  const outcomes = await collect(engine.run(counting, tasks, { config: { cells }, order: 'input', ...options }))
  expect(outcomes.map(({ status }) => status)).toEqual(tasks.map(() => 'completed'))
  const here = outcomes.map((outcome) => (outcome.status === 'completed' ? outcome.value!.here : 0))
  return { most: cells[CELLS.most]!, here }
}

/** A service that answers nobody until so many wait, and everybody from then on. */
async function startService(firstAnswersAt: number): Promise<{ readonly url: string; readonly most: () => number }> {
  const waiting: ServerResponse[] = []
  let atOnce = 0
  let most = 0
  const server = createServer((_, response) => {
    most = Math.max(most, ++atOnce)
    response.once('close', () => atOnce--)
    waiting.push(response)
    if (most >= firstAnswersAt) for (const each of waiting.splice(0)) each.end('yes')
  })
  return { url: await listening(server), most: () => most }
}

describe('by default', () => {
  test.each(['threads', 'processes'] as const)(
    'a verifier that waits for a service asks it for 50 records at once, over all %s, and never for more',
    async (pool) => {
      const service = await startService(50)
      const engine = testEngine({ threads: 2, pool })
      const items = Array.from({ length: 2_000 }, (_, i) => i)
      const outcomes = await collect(engine.run(asking, items, { config: { url: service.url } }))
      // Its value is what setup was told.
      const values = outcomes.map((outcome) => (outcome.status === 'completed' ? outcome.value : outcome.status))
      expect(values).toEqual(items.map(() => 25))
      expect(service.most()).toBe(50)
    },
  )

  test('a verifier that returns without a promise has one task in each thread', async () => {
    const { most, here } = await mostOf(testEngine({ threads: 2 }), many(400, { do: 'sync', n: 0.5 }))
    expect(most).toBeLessThanOrEqual(2)
    expect(Math.max(...here)).toBe(1)
  })

  test('a verifier that computes between its promises has hardly more', async () => {
    const { here } = await mostOf(testEngine({ threads: 2 }), many(200, { do: 'compute', n: 5 }))
    expect(Math.max(...here)).toBeLessThanOrEqual(2)
  })

  test('a verifier that waits at first, and then computes, has hardly more at last', async () => {
    const tasks = [...many(300, { do: 'wait', n: 5 }), ...many(1_500, { do: 'compute', n: 1 })]
    const { most, here } = await mostOf(testEngine({ threads: 2 }), tasks)
    expect(most).toBeGreaterThan(10)
    expect(Math.max(...here.slice(-50))).toBeLessThanOrEqual(4)
  })

  test('where there are limits, as many tasks run as the largest has permits, and never more', async () => {
    const engine = testEngine({ threads: 2, limits: { crm: { concurrency: 8 }, billing: { concurrency: 3 } } })
    expect(await mostOf(engine, many(400, { do: 'waitInLimit', n: 8 }))).toMatchObject({ most: 8 })
  })

  test('of a chain that waits, 50 checks run at once, and never more', async () => {
    const cells = newCells()
    const chain = new URL('./verifiers/counts-checks.ts', import.meta.url)
    const tasks = many(1_000, { do: 'waitForOthers', n: 50 })
    const report = await testEngine({ threads: 2 }).run(chain, tasks, { config: { cells } }).report()
    expect(report.checks).toMatchObject({
      one: { statuses: { completed: 1_000 } },
      two: { statuses: { completed: 1_000 } },
    })
    expect(cells[CELLS.most]).toBe(50)
  })

  test('requests that wait run several at once in each thread, and never more than 50 over all', async () => {
    const cells = newCells()
    const loaded = testEngine({ threads: 2 }).load(counting, { config: { cells } })
    const outcomes = await Promise.all(many(1_000, { do: 'wait', n: 5 }).map((item) => loaded.check(item)))
    expect(outcomes.filter(({ status }) => status !== 'completed')).toEqual([])
    expect(cells[CELLS.most]).toBeGreaterThan(2)
    expect(cells[CELLS.most]).toBeLessThanOrEqual(50)
  })
})

test('a number is what it says, also for a verifier that waits', async () => {
  const engine = testEngine({ threads: 2 })
  expect(await mostOf(engine, many(100, { do: 'wait', n: 5 }), { concurrency: 2 })).toMatchObject({ most: 2 })
  expect(await mostOf(engine, many(800, { do: 'waitForOthers', n: 70 }), { concurrency: 70 })).toMatchObject({
    most: 70,
  })
})

test('a run that had a number finds its own from when it is told to', async () => {
  const cells = newCells()
  const tasks = [...many(400, { do: 'wait', n: 5 }), ...many(1_000, { do: 'waitForOthers', n: 5 })]
  const run = testEngine({ threads: 2 }).run(counting, tasks, { config: { cells }, concurrency: 2 })
  let seen = 0
  for await (const { status } of run) {
    expect(status).toBe('completed')
    if (seen++ === 0) run.update({ concurrency: 'auto' })
  }
  expect(seen).toBe(tasks.length)
  expect(cells[CELLS.most]).toBeLessThanOrEqual(50)
})

describe('setup is told how many tasks its thread may run,', () => {
  /** The shares of all threads together. */
  async function sharesOf(engine: Engine, options: RunOptions): Promise<number> {
    const cells = newCells()
    // Each thread has one of them, and ends it when all are set up.
    const tasks = many(engine.threads, { do: 'waitForSetups', n: engine.threads })
    await engine.run(counting, tasks, { config: { cells }, ...options }).report()
    return cells[CELLS.shares]!
  }

  test('by default its share of 50', async () => {
    expect(await sharesOf(testEngine({ threads: 3 }), {})).toBe(50)
  })

  test('of the permits of the largest limit, where there are limits', async () => {
    const limits = { crm: { concurrency: 9 }, billing: { concurrency: 4 } }
    expect(await sharesOf(testEngine({ threads: 2, limits }), {})).toBe(9)
  })

  test("of the run's number", async () => {
    expect(await sharesOf(testEngine({ threads: 2 }), { concurrency: 7 })).toBe(7)
  })

  test('of what its requests are given', async () => {
    const cells = newCells()
    const loaded = testEngine({ threads: 2 }).load(counting, { config: { cells }, check: { concurrency: 11 } })
    await loaded.ready
    expect(cells[CELLS.shares]).toBe(11)
  })
})
