import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { LineOptions, Run } from '@fanfold/core'
import { describe, expect, test } from 'vitest'
import { POOLS, engineOn } from '../conformance/pools.ts'
import { faults, progressWhere, tasks, tempFolder, testEngine } from './fixtures.ts'

type Line = Record<string, unknown> & { readonly index: number }

async function chunksOf(run: Run, options?: LineOptions): Promise<string[]> {
  const chunks: string[] = []
  for await (const chunk of run.toNdjson(options)) chunks.push(Buffer.from(chunk).toString())
  return chunks
}

function parsed(lines: string): Line[] {
  const all = lines.split('\n').slice(0, -1)
  return all.map((line) => JSON.parse(line) as Line).sort((a, b) => a.index - b.index) // made of outcomes
}

async function thrownBy(read: () => Promise<unknown>): Promise<unknown> {
  return read().then(
    () => undefined,
    (error: unknown) => error,
  )
}

/** Counts what is read of it. */
function countingSource(
  count: number,
  task: object = { do: 'pass' },
): { readonly items: Iterable<object>; read: number } {
  const source = { read: 0, items: give() }
  function* give(): Generator<object> {
    for (; source.read < count; source.read++) yield task
  }
  return source
}

describe.each(POOLS)('in %s', (pool) => {
  test('every way to end has its line, in chunks that end with one', async () => {
    const kinds = ['pass', 'no', 'flag', 'value', 'throw', 'throwNull', 'unsendable', 'never', 'spin', 'exit', 'sleep']
    const items = kinds.map((kind, n) => ({ do: kind, n }))
    const chunks = await chunksOf(engineOn(pool).run(faults, items, { timeoutMs: 300 }))
    for (const chunk of chunks) expect(chunk.endsWith('}\n')).toBe(true)
    const lines = parsed(chunks.join(''))
    expect(lines.map(({ verdict, status }) => verdict ?? status)).toEqual(
      // oxfmt-ignore
      ['pass', 'fail', 'flag', 'pass', 'errored', 'errored', 'errored', 'timedOut', 'timedOut', 'crashed', 'pass'],
    )
    expect(lines[2]).toMatchObject({
      reason: 'odd',
      issues: [{ reason: 'odd', path: '/n' }, { reason: 'second' }],
      value: { n: 2 },
      attempts: 1,
      record: { do: 'flag', n: 2 },
    })
    expect(lines[4]).toMatchObject({ error: { name: 'BillingError', code: 'E_BILLING' }, record: { do: 'throw' } })
    expect(lines[5]).toMatchObject({ error: { name: 'Error', message: 'a value that is no error was thrown: null' } })
    expect(lines[6]).toMatchObject({ error: { code: 'FANFOLD_NOT_CLONEABLE' } })
    expect(lines[8]).toMatchObject({ error: { code: 'FANFOLD_TASK_TIMED_OUT' }, attempts: 1, record: { do: 'spin' } })
    expect(lines[9]).toMatchObject({ error: { code: 'FANFOLD_TASK_CRASHED' }, attempts: 2, record: { do: 'exit' } })
    expect(Object.keys(lines[0]!)).toEqual(['index', 'status', 'verdict', 'attempts', 'durationMs'])
  })

  test('only and include choose lines and records, and timings are left out', async () => {
    const items = tasks(3000, { 7: { do: 'flag', n: 1 }, 9: { do: 'throw' } })
    const options = { only: ['flag', 'errored'], include: 'none', timings: false } as const
    const lines = parsed(await text(engineOn(pool).run(faults, items).toNdjson(options)))
    expect(lines.map(({ index }) => index)).toEqual([7, 9])
    expect(lines[1]).not.toHaveProperty('record')
    expect(lines[1]).not.toHaveProperty('durationMs')
  })

  test('of a task that is tried again there is one line, with how often it was', async () => {
    const retry = { retries: 2, timeouts: 1, backoff: 'none' } as const
    // Far enough in to share a shard and a part with others.
    const items = tasks(5000, { 3003: { do: 'throw' }, 3005: { do: 'never' }, 3008: { do: 'spin' } })
    const lines = parsed(await text(engineOn(pool).run(faults, items, { retry, timeoutMs: 200 }).toNdjson()))
    expect(lines.map(({ index }) => index)).toEqual(Array.from({ length: 5000 }, (_, index) => index))
    expect([3003, 3005, 3008, 3009].map((index) => lines[index]!['attempts'])).toEqual([3, 2, 2, 1])
  })

  test('what was read and not verified when the run is cancelled has its line', async () => {
    const run = engineOn(pool).run(faults, tasks(50, { 0: { do: 'never' }, 1: { do: 'never' } }), { concurrency: 1 })
    const lines = text(run.toNdjson())
    await progressWhere(run, ({ running }) => running > 0)
    run.cancel('enough')
    const aborted = parsed(await lines)
    expect(aborted).toHaveLength(run.progress().read)
    expect(aborted[1]).toMatchObject({
      status: 'aborted',
      error: { code: 'FANFOLD_RUN_ABORTED' },
      record: { do: 'never' },
    })
  })
})

test('a stream that nobody reads holds the run up, and nothing is lost when it is read', async () => {
  const source = countingSource(600_000)
  const run = testEngine().run(faults, source.items)
  const reader = run.toNdjson({ timings: false }).getReader()
  let bytes = (await reader.read()).value!.length
  const { held } = await progressWhere(run, ({ state }) => state === 'waiting')
  expect(held).toBeLessThanOrEqual(262_144)
  expect(source.read).toBeLessThan(400_000)
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) bytes += chunk.value.length
  expect(await run.report()).toMatchObject({ result: 'succeeded', total: 600_000 })
  const pass = (index: number): string => `{"index":${index},"status":"completed","verdict":"pass","attempts":1}\n`
  expect(bytes).toBe(Array.from({ length: 600_000 }, (_, index) => pass(index).length).reduce((a, b) => a + b, 0))
})

test('lines count as what a run may hold, in either order', async () => {
  for (const order of ['arrival', 'input'] as const) {
    const items = Array.from({ length: 2_000 }, () => ({ do: 'large', n: 1_000_000 }))
    const run = testEngine().run(faults, items, { order })
    const reader = run.toNdjson().getReader()
    await reader.read()
    await progressWhere(run, ({ state }) => state === 'waiting')
    expect(run.progress().statuses.completed).toBeLessThan(150)
    await reader.cancel()
  }
})

test('cancelling the stream cancels the run, with the reason', async () => {
  const run = testEngine().run(faults, countingSource(Infinity).items)
  const reader = run.toNdjson().getReader()
  await reader.read()
  await reader.cancel(new Error('seen enough'))
  const report = await run.report()
  expect(report).toMatchObject({ result: 'aborted', failure: { message: 'the run was cancelled: seen enough' } })
})

test('a loop over the stream that is left cancels the run, as does one over its batches', async () => {
  const engine = testEngine()
  const streamed = engine.run(faults, countingSource(Infinity).items)
  for await (const _ of streamed.toNdjson()) break
  expect(await streamed.report()).toMatchObject({ result: 'aborted' })
  const batched = engine.run(faults, countingSource(Infinity).items)
  for await (const { count, ends, statuses } of batched.lineBatches()) {
    expect([count, ends.length]).toEqual([statuses.length, statuses.length])
    break
  }
  expect(await batched.report()).toMatchObject({ result: 'aborted' })
})

test('a run that fails breaks its stream after the last line', async () => {
  const run = testEngine().run(
    faults,
    (function* () {
      for (let i = 0; i < 100; i++) yield { do: 'pass' }
      throw new Error('the disk is gone')
    })(),
  )
  const chunks: string[] = []
  const error = await thrownBy(async () => {
    for await (const chunk of run.toNdjson()) chunks.push(Buffer.from(chunk).toString())
  })
  expect(parsed(chunks.join(''))).toHaveLength(100)
  expect(error).toMatchObject({ code: 'FANFOLD_SOURCE_FAILED', cause: { message: 'the disk is gone' } })
})

test('a run that cannot start breaks its stream at once', async () => {
  const run = testEngine().run(new URL('./verifiers/missing.ts', import.meta.url), [1])
  expect(await thrownBy(() => text(run.toNdjson()))).toMatchObject({ code: 'FANFOLD_VERIFIER_NOT_FOUND' })
})

test('outcomes are taken once, and options that make no sense are refused before', async () => {
  const run = testEngine().run(faults, tasks(3))
  const refused: readonly [options: object, message: string][] = [
    [{ only: ['passed'] }, "only: 'passed' is not known. Known are pass, flag,"],
    [{ only: 'pass' }, "only is 'pass': give a list, as ['pass']. Known are pass, flag,"],
    [{ only: null }, "only is null: give a list, as ['fail']. Known are pass, flag,"],
    [{ include: true }, 'include: true is not known. Known are none, attention, all.'],
    [{ timings: 0 }, 'timings: 0 is not known. Known are true, false.'],
    [{ order: 'input' }, 'toNdjson() has no option order. Known are only, include, timings.'],
  ]
  for (const [options, message] of refused) expect(() => run.toNdjson(options)).toThrow(message)
  const lines = run.toNdjson()
  expect(() => run.batches()).toThrow('it has another iterator')
  expect(() => run.toNdjson()).toThrow('it has another iterator')
  expect(parsed(await text(lines))).toHaveLength(3)
})

test('a journaled run that was left goes on with the lines that are missing', async () => {
  const journal = { path: join(tempFolder(), 'run.journal'), sourceId: 'tasks', resume: 'unfinished' } as const
  const engine = testEngine()
  const items = tasks(20_000)
  const first = engine.run(faults, items, { journal })
  const reader = first.toNdjson().getReader()
  const seen: string[] = []
  for (let chunk = 0; chunk < 3; chunk++) seen.push(Buffer.from((await reader.read()).value!).toString())
  // Whatever a stream might fetch before it is asked for it, it has by then.
  await first.report()
  await reader.cancel()
  const rest = await text(engine.run(faults, items, { journal }).toNdjson())
  // What was in hand is given again: the last chunk.
  const settled = parsed(seen.slice(0, -1).join(''))
  const indices = [...settled, ...parsed(rest)].map(({ index }) => index).sort((a, b) => a - b)
  expect(indices).toEqual(Array.from({ length: 20_000 }, (_, index) => index))
})
