/** Whatever threads and tasks go through, a reduction is what one loop over the completed tasks comes to. */
import { join } from 'node:path'
import type { Engine, EngineOptions, ReduceError, RunOptions } from '@fanfold/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { POOLS, engineOn } from '../conformance/pools.ts'
import { faults, progressWhere, tasks, tempFolder, testEngine } from './fixtures.ts'
import { ascending, indices, moduleOf, reduces } from './reductions.ts'
import type { Summary } from './verifiers/reduces.ts'

const ORDERS = ['arrival', 'input'] as const

interface Item {
  readonly do: string
  readonly n?: number
  readonly step?: 'hang' | 'exit'
}

/** Tasks of these kinds are completed, unless their `step` is in the way. */
const COMPLETED: readonly string[] = [
  'pass',
  'yes',
  'no',
  'flag',
  'fail',
  'value',
  'sleep',
  'spinThenSleep',
  'busy',
  'large',
  'largeLater',
]

/** One loop. */
function oracle(items: readonly Item[]): Pick<Summary, 'sum' | 'indices'> {
  let sum = 0
  const folded: number[] = []
  for (const [index, item] of items.entries()) {
    if (!COMPLETED.includes(item.do) || item.step !== undefined) continue
    sum += item.n ?? 0
    folded.push(index)
  }
  return { sum, indices: folded }
}

/** What they come to in a run, be it partial. */
async function reduced(engine: Engine, items: readonly Item[], options: RunOptions, isLate: boolean): Promise<Summary> {
  const run = engine.run(faults, items, options)
  if (isLate) await progressWhere(run, ({ statuses }) => statuses.completed > 0)
  const { value } = await run.reduce(reduces).catch((error: ReduceError) => {
    if (error.code !== 'FANFOLD_RUN_PARTIAL') throw error
    return { value: error.value as Summary } // what the reducer makes
  })
  return options.order === 'input' ? value : { ...value, indices: ascending(value.indices) }
}

describe.for(POOLS)('in a pool of %s', (pool) => {
  test.for(ORDERS)('tasks that throw, hang or end their threads are not in it, in the order of %s', async (order) => {
    const items = tasks(200, {
      3: { do: 'spin', n: 1 },
      50: { do: 'throw', n: 1 },
      51: { do: 'sleep', n: 20 },
      70: { do: 'never', n: 1 },
      71: { do: 'unsendable', n: 1 },
      90: { do: 'exit', n: 1 },
      120: { do: 'spinBetweenAwaits', n: 1 },
      140: { do: 'regex', n: 1 },
      160: { do: 'microtasks', n: 1 },
      180: { do: 'nothing', n: 1 },
      199: { do: 'block', n: 60_000 },
    }) as Item[]
    const value = await reduced(engineOn(pool), items, { timeoutMs: 300, concurrency: 6, order, shardSize: 50 }, false)
    expect(value).toMatchObject(oracle(items))
  })

  test.for(['pass', 'sleep'])(
    'a step that hangs, or ends its thread, costs its task (%s) and no other',
    async (kind) => {
      const items: Item[] = indices(60).map((n) => ({ do: kind, n }))
      items[11] = { do: kind, n: 1, step: 'hang' }
      items[42] = { do: kind, n: 1, step: 'exit' }
      const run = engineOn(pool).run(faults, items, { timeoutMs: 300, concurrency: 8, order: 'input' })
      await expect(run.reduce(reduces)).rejects.toMatchObject({
        code: 'FANFOLD_RUN_PARTIAL',
        report: { statuses: { completed: 58, timedOut: 1, crashed: 1 } },
        value: oracle(items),
      })
    },
  )

  test('a task that exhausts the heap is not in it', async () => {
    const items = tasks(60, { 31: { do: 'heap' } }) as Item[]
    const engine = engineOn(pool, { threads: 1, threadMemoryMb: 32 })
    expect(await reduced(engine, items, { order: 'input' }, false)).toMatchObject(oracle(items))
  })
})

test.for(ORDERS)('what another thread takes over is in it once, in the order of %s', async (order) => {
  // One shard, whose first task blocks its thread until the last one has been run: that is for the other thread to do.
  const verifier = moduleOf(`
    import { existsSync, writeFileSync } from 'node:fs'
    const cell = new Int32Array(new SharedArrayBuffer(4))
    export default ({ n }, { config: { path } }) => {
      if (n === 1999) writeFileSync(path, '')
      while (n === 0 && !existsSync(path)) Atomics.wait(cell, 0, 0, 5)
      return true
    }
  `)
  const items = indices(2_000).map((n) => ({ n }))
  const config = { path: join(tempFolder(), 'over') }
  const { value } = await testEngine().run(verifier, items, { order, shardSize: 2_000, config }).reduce(reduces)
  expect(order === 'input' ? value.indices : ascending(value.indices)).toEqual(indices(2_000))
  expect(value.places).toHaveLength(2)
})

test.for([true, false])('a step that hangs costs its own task of a chain (sync: %s) and no other', async (isSync) => {
  const verifier = moduleOf(`
    import { setTimeout as delay } from 'node:timers/promises'
    import { chain } from '${import.meta.resolve('@fanfold/workers')}'
    const check = (n) => () => ${isSync} || delay(n, true)
    export default chain([{ first: check(1) }, { second: check(2), third: check(3) }])
  `)
  const items: Item[] = indices(40).map((n) => ({ do: 'pass', n }))
  items[17] = { do: 'pass', n: 1, step: 'hang' }
  const run = testEngine().run(verifier, items, { timeoutMs: 300, concurrency: 6, order: 'input' })
  await expect(run.reduce(reduces)).rejects.toMatchObject({
    code: 'FANFOLD_RUN_PARTIAL',
    report: { statuses: { completed: 39, timedOut: 1 } },
    value: oracle(items),
  })
})

test('tasks that are prefetched for, and settle in any order, are folded in that of the input', async () => {
  const verifier = moduleOf(`
    import { setTimeout as delay } from 'node:timers/promises'
    export default {
      prefetch: (items) => items.length,
      prefetchSize: 7,
      verify: async ({ n }) => (await delay((n * 7919) % 23), true),
    }
  `)
  const items = indices(400).map((n) => ({ n }))
  const run = testEngine({ threads: 1 }).run(verifier, items, { concurrency: 32, order: 'input', shardSize: 60 })
  const { value } = await run.reduce(reduces)
  expect(value.indices).toEqual(indices(400))
  // By the one thread that has verified them, although it was not in this order.
  expect(value.places).toHaveLength(1)
})

const kinds = fc.oneof(
  { weight: 60, arbitrary: fc.constantFrom('pass', 'yes', 'no', 'flag', 'fail', 'value') },
  { weight: 25, arbitrary: fc.constantFrom('sleep', 'spinThenSleep', 'busy', 'largeLater') },
  { weight: 10, arbitrary: fc.constantFrom('throw', 'rejects', 'nothing', 'unsendable', 'throwNull') },
)
const item = fc.record({ do: kinds, n: fc.integer({ min: 0, max: 5 }) })
/** Few of them: each costs a thread or more. */
const harm = fc.record({ do: fc.constantFrom('exit', 'spin', 'never'), n: fc.constant(1) })
const options = fc.record({
  order: fc.constantFrom(...ORDERS),
  shardSize: fc.integer({ min: 1, max: 80 }),
  concurrency: fc.integer({ min: 1, max: 12 }),
  retry: fc.constantFrom({}, { retries: 2, backoff: 'none' as const }),
})

test('any mixture comes to what one loop does, for any number of threads and size of shards', async () => {
  const cases = fc.asyncProperty(
    fc.array(item, { minLength: 1, maxLength: 250 }),
    fc.array(fc.tuple(fc.nat(), harm), { maxLength: 2 }),
    options,
    fc.record({ threads: fc.integer({ min: 1, max: 3 }) }),
    fc.boolean(),
    async (harmless, harmful, how, engineOptions: EngineOptions, isLate) => {
      const items: Item[] = [...harmless]
      for (const [at, one] of harmful) items[at % items.length] = one
      if (oracle(items).indices.length === 0) return
      const value = await reduced(testEngine(engineOptions), items, { ...how, timeoutMs: 300 }, isLate)
      expect(value).toMatchObject(oracle(items))
    },
  )
  await fc.assert(cases, { numRuns: 15, interruptAfterTimeLimit: 30_000, endOnFailure: true })
})
