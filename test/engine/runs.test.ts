import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as macrotask } from 'node:timers/promises'
import { FanfoldError, ndjson } from '@fanfold/core'
import type { Batch, Progress } from '@fanfold/core'
import { expect, onTestFinished, test } from 'vitest'
import { byIndex, collect, faults, tasks, tempFolder, testEngine } from './fixtures.ts'

test("order 'input' delivers in the order of the source, whatever the tasks take", async () => {
  const items = Array.from({ length: 3_000 }, (_, i) =>
    i % 100 === 0 ? { do: 'sleep', n: (i / 100) % 7 } : { do: 'pass' },
  )
  const outcomes = await collect(testEngine().run(faults, items, { order: 'input', concurrency: 16 }))
  expect(outcomes.map(({ index }) => index)).toEqual(items.map((_, i) => i))
})

test("order 'input' is kept through a timeout that takes a thread down", async () => {
  const outcomes = await collect(
    testEngine().run(faults, tasks(500, { 40: { do: 'spin' } }), { order: 'input', timeoutMs: 100 }),
  )
  expect(outcomes.map(({ index }) => index)).toEqual(outcomes.map((_, i) => i))
  expect(outcomes[40]).toMatchObject({ status: 'timedOut' })
})

test('a report that nobody iterates counts everything, and a later iterator is refused', async () => {
  const run = testEngine().run(faults, tasks(5_000))
  expect(await run.report()).toMatchObject({ result: 'succeeded', total: 5_000 })
  expect(() => run.batches()).toThrow(expect.objectContaining({ code: 'FANFOLD_RUN_CONSUMED' }))
})

test('report() asked for first does not take the outcomes from an iterator of the same tick', async () => {
  const run = testEngine().run(faults, tasks(100))
  const report = run.report()
  expect(await collect(run)).toHaveLength(100)
  expect((await report).total).toBe(100)
})

test('a second iterator is refused', async () => {
  const run = testEngine().run(faults, tasks(10))
  const first = run[Symbol.asyncIterator]()
  expect(() => run[Symbol.asyncIterator]()).toThrow(FanfoldError)
  for (let next = await first.next(); next.done !== true; next = await first.next());
})

test('leaving the loop cancels the run, and the rest of a source of known size counts as aborted', async () => {
  const run = testEngine().run(
    faults,
    Array.from({ length: 2_000 }, () => ({ do: 'busy', n: 2 })),
  )
  for await (const outcome of run) {
    expect(outcome.status).toBe('completed')
    break
  }
  const report = await run.report()
  expect(report).toMatchObject({ result: 'aborted', total: 2_000, sourceExhausted: false })
  const { completed, aborted } = report.statuses
  expect(completed + aborted).toBe(2_000)
  expect(aborted).toBeGreaterThan(0)
})

test('cancel delivers every task that was read, ends the iteration quietly, and keeps the reason', async () => {
  const run = testEngine().run(faults, tasks(400, { 0: { do: 'spin' }, 10: { do: 'never' } }), { timeoutMs: 20_000 })
  const outcomes = []
  const cancelled = (async () => {
    for await (const { lanes } of run.watch({ everyMs: 5 }))
      if (lanes.some(({ index, busyMs }) => index === 0 && busyMs > 20)) break
    run.cancel(new Error('enough'))
  })()
  for await (const outcome of run) outcomes.push(outcome)
  await cancelled
  const report = await run.report()
  expect(report.result).toBe('aborted')
  expect(report.failure).toMatchObject({ code: 'FANFOLD_RUN_ABORTED', cause: { message: 'enough' } })
  expect(new Set(outcomes.map(({ index }) => index)).size).toBe(outcomes.length)
  expect(outcomes.find(({ index }) => index === 0)).toMatchObject({
    status: 'aborted',
    error: { message: 'the run was cancelled: enough' },
  })
})

test('an AbortSignal cancels: before the start, while tasks run, and after the end without effect', async () => {
  const engine = testEngine()
  expect(await engine.run(faults, tasks(10), { signal: AbortSignal.abort('no') }).report()).toMatchObject({
    result: 'aborted',
  })
  const controller = new AbortController()
  const run = engine.run(faults, tasks(10, { 5: { do: 'cooperative' } }), { signal: controller.signal })
  const first = run[Symbol.asyncIterator]()
  await first.next()
  controller.abort()
  for (let next = await first.next(); next.done !== true; next = await first.next());
  expect(await run.report()).toMatchObject({ result: 'aborted' })
  const late = new AbortController()
  const done = engine.run(faults, tasks(10), { signal: late.signal })
  expect(await done.report()).toMatchObject({ result: 'succeeded' })
  late.abort()
  expect(await done.report()).toMatchObject({ result: 'succeeded' })
})

test('cancel does not wait for a source that never yields, nor for its return()', async () => {
  let returned = false
  const source: AsyncIterable<object> = {
    [Symbol.asyncIterator]: () => {
      let given = 0
      return {
        next: () => (given++ < 3 ? Promise.resolve({ done: false, value: { do: 'pass' } }) : new Promise(() => {})),
        return: () => {
          returned = true
          return new Promise(() => {})
        },
      }
    },
  }
  const run = testEngine().run(faults, source)
  const iterator = run[Symbol.asyncIterator]()
  for (let i = 0; i < 3; i++) expect((await iterator.next()).done).not.toBe(true)
  run.cancel()
  expect((await iterator.next()).done).toBe(true)
  expect(await run.report()).toMatchObject({ result: 'aborted', total: 3, statuses: { completed: 3 } })
  expect(returned).toBe(true)
})

test('a source that breaks fails the run after what it had yielded was verified', async () => {
  const run = testEngine().run(
    faults,
    (function* () {
      for (let i = 0; i < 100; i++) yield { do: 'pass' }
      throw new Error('the disk is gone')
    })(),
  )
  const outcomes: unknown[] = []
  const error: unknown = await (async () => {
    for await (const outcome of run) outcomes.push(outcome)
  })().catch((thrown: unknown) => thrown)
  expect(outcomes).toHaveLength(100)
  expect(error).toMatchObject({ code: 'FANFOLD_SOURCE_FAILED', cause: { message: 'the disk is gone' } })
  expect(await run.report()).toMatchObject({
    result: 'failed',
    total: 100,
    statuses: { completed: 100 },
    sourceExhausted: false,
  })
})

test('a consumer that stops reading stops the source, and nothing is lost when it goes on', async () => {
  let read = 0
  const source = (function* () {
    for (; read < 1_000_000; read++) yield { do: 'pass' }
  })()
  const run = testEngine().run(faults, source)
  let outcomes = 0
  let atRest = 0
  for await (const batch of run.batches()) {
    outcomes += batch.length
    if (atRest === 0) {
      // Wait until it waits: the source is not read any further although nobody told it so.
      for (let before = -1; before !== read || run.progress().state !== 'waiting'; await macrotask()) before = read
      atRest = read
      expect(run.progress()).toMatchObject({ state: 'waiting', running: 0 })
      expect(run.progress().held).toBeLessThanOrEqual(262_144)
    }
  }
  expect(atRest).toBeLessThan(600_000)
  expect(outcomes).toBe(1_000_000)
})

test('reading what is at hand lets the event loop turn', async () => {
  let turn = 0
  const readIn = new Set<number>()
  const count = (): void => {
    turn++
    counting = setImmediate(count)
  }
  let counting = setImmediate(count)
  onTestFinished(() => clearImmediate(counting))
  function* slowly(): Generator<object> {
    for (let n = 0; n < 2_000; n++) {
      const until = performance.now() + 0.1
      while (performance.now() < until); // as items that take this long to be made
      readIn.add(turn)
      yield { do: 'pass' }
    }
  }
  await testEngine().run(faults, slowly(), { shardSize: 50 }).report()
  // Shards of 5 ms each: none is read in the turn of another.
  expect(readIn.size).toBeGreaterThanOrEqual(40)
})

test('a record larger than what a run may hold is admitted alone', async () => {
  const large = 'x'.repeat(40 * 1024 * 1024)
  const outcomes = await collect(
    testEngine().run(faults, [{ do: 'pass', large }, { do: 'pass' }, { do: 'pass', large }]),
  )
  expect(outcomes).toHaveLength(3)
})

test('values larger than what a run may hold do not pile up, in either order', async () => {
  for (const order of ['arrival', 'input'] as const) {
    const run = testEngine().run(
      faults,
      Array.from({ length: 100 }, () => ({ do: 'large', n: 2_000_000 })),
      { order },
    )
    let count = 0
    for await (const outcome of run) {
      count++
      if (outcome.status === 'completed') expect(outcome.value).toHaveLength(2_000_000)
      await macrotask()
    }
    expect(count).toBe(100)
  }
})

test('in either order, values that nobody takes stop the run before they fill the memory', async () => {
  for (const order of ['arrival', 'input'] as const) {
    const run = testEngine().run(
      faults,
      Array.from({ length: 2_000 }, () => ({ do: 'large', n: 1_000_000 })),
      { order },
    )
    const iterator = run.batches()
    await iterator.next()
    while (run.progress().state !== 'waiting') await macrotask()
    expect(run.progress().statuses.completed).toBeLessThan(150)
    await iterator.return?.()
    expect(await run.report()).toMatchObject({ result: 'aborted' })
  }
})

test('a limit reads the first tasks only', async () => {
  const run = testEngine().run(faults, tasks(1_000), { limit: 37 })
  expect(byIndex(await collect(run)).map(({ index }) => index)).toEqual(Array.from({ length: 37 }, (_, i) => i))
  expect(await run.report()).toMatchObject({ result: 'succeeded', total: 37 })
})

test('several runs of several verifiers share the threads, and a short one is not kept waiting by a long one', async () => {
  const engine = testEngine()
  const long = engine.run(
    faults,
    Array.from({ length: 1_500 }, () => ({ do: 'busy', n: 2 })),
  )
  const longEnded = long.report()
  const short = await engine.run(faults, tasks(20)).report()
  expect(short.result).toBe('succeeded')
  expect(long.progress().state).toBe('running')
  long.cancel()
  await longEnded
})

test('concurrency bounds the running tasks over all threads', async () => {
  const engine = testEngine()
  const most = async (concurrency: number): Promise<number> => {
    const run = engine.run(
      faults,
      Array.from({ length: 150 }, () => ({ do: 'sleep', n: 3 })),
      { concurrency },
    )
    let running = 0
    const watching = (async () => {
      for await (const progress of run.watch({ everyMs: 1 })) running = Math.max(running, progress.running)
    })()
    expect((await run.report()).statuses.completed).toBe(150)
    await watching
    return running
  }
  expect(await most(1)).toBe(1)
  expect(await most(7)).toBeLessThanOrEqual(7)
  expect(await most(7)).toBeGreaterThan(2)
})

test('watchers see the run from start to end, several at once, and the last progress is the end', async () => {
  const run = testEngine().run(
    faults,
    Array.from({ length: 60 }, () => ({ do: 'busy', n: 2 })),
  )
  const watch = async (): Promise<Progress[]> => {
    const seen: Progress[] = []
    for await (const progress of run.watch({ everyMs: 10 })) seen.push(progress)
    return seen
  }
  const [first, second] = await Promise.all([watch(), watch(), run.report()])
  for (const seen of [first, second]) {
    expect(seen.at(-1)).toMatchObject({ state: 'ended', read: 60, total: 60, held: 0, running: 0 })
    expect(seen.length).toBeGreaterThan(2)
  }
})

test('text sources tell line, file and id, and a bad record is errored with its line', async () => {
  const folder = tempFolder()
  const [a, b] = [join(folder, 'a.ndjson'), join(folder, 'b.ndjson')]
  writeFileSync(a, '{"do":"pass","key":"k0"}\n\n{"do":\n{"do":"context"}\n')
  writeFileSync(b, '{"do":"fail","key":"k4"}')
  const outcomes = byIndex(
    await collect(testEngine().run(faults, ndjson([a, b], { id: '/key' }), { config: { c: 1 } })),
  )
  expect(outcomes).toMatchObject([
    { index: 0, line: 1, file: a, id: 'k0', verdict: 'pass' },
    {
      index: 2,
      line: 3,
      file: a,
      status: 'errored',
      error: { code: 'FANFOLD_RECORD_UNPARSABLE', message: expect.stringContaining('line 3') as string },
    },
    { index: 3, line: 4, file: a, value: { index: 3, line: 4, file: a, attempt: 1, config: { c: 1 } } },
    { index: 4, line: 1, file: b, id: 'k4', verdict: 'fail' },
  ])
})

test('the records of a batch can be read until the next batch is taken, and are right however memory is used again', async () => {
  const path = join(tempFolder(), 'many.ndjson')
  const filler = 'y'.repeat(500)
  writeFileSync(
    path,
    Array.from({ length: 20_000 }, (_, n) => `${JSON.stringify({ do: 'pass', n, filler })}\n`).join(''),
  )
  for (const order of ['arrival', 'input'] as const) {
    const run = testEngine().run(faults, ndjson(path), { order })
    let last: Batch | undefined
    let count = 0
    for await (const batch of run.batches()) {
      for (let i = 0; i < batch.length; i++) {
        expect(JSON.parse(String(batch.recordAt(i)))).toEqual({ do: 'pass', n: batch.at(i).index, filler })
        count++
      }
      last = batch
    }
    expect(count).toBe(20_000)
    expect(last?.at(0).status).toBe('completed')
  }
})

test('options that make no sense are refused at once, by name and with the remedy', () => {
  const engine = testEngine()
  const refused = (options: object): unknown => {
    try {
      return engine.run(faults, [], options)
    } catch (error) {
      return (error as Error).message
    }
  }
  expect(refused({ timeoutMs: 0 })).toContain('timeoutMs is 0')
  expect(refused({ timeoutMs: 2 ** 31 })).toContain('timeoutMs is 2147483648')
  expect(refused({ concurrency: 1.5 })).toContain('concurrency is 1.5')
  expect(refused({ order: 'random' })).toContain("order is 'random'")
  expect(refused({ timeout: 5 })).toContain('run() has no option timeout. Known are timeoutMs, ')
  expect(() => engine.run((() => true) as never, [])).toThrow(
    expect.objectContaining({ code: 'FANFOLD_VERIFIER_NOT_A_MODULE' }),
  )
  expect(() => engine.run(faults, 'customers.ndjson')).toThrow(expect.objectContaining({ code: 'FANFOLD_BAD_SOURCE' }))
  expect(() => engine.run(faults, [], { config: { f: () => 1 } })).toThrow(
    expect.objectContaining({ code: 'FANFOLD_NOT_CLONEABLE' }),
  )
})

test('an option in the wrong place is told its place; halt without a tolerance, and cancel options as a reason, are refused', () => {
  const engine = testEngine()
  expect(() => engine.run(faults, [], { recycleAfter: { tasks: 1 } } as object)).toThrow('It belongs to new Engine()')
  expect(() => engine.run(faults, [], { resume: 'auto' } as object)).toThrow('It belongs to journal')
  expect(() => engine.run(faults, [], { halt: 'now' })).toThrow('beyond `tolerate`, which is not given')
  const run = engine.run(faults, [])
  expect(() => run.cancel({ when: 'soon' })).toThrow('the options of cancel() come second')
})
