import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Outcome } from '@fanfold/core'
import { describe, expect, test } from 'vitest'
import { POOLS, engineOn, newLog } from '../conformance/pools.ts'
import { byIndex, collect, counted, tempFolder, testEngine } from '../engine/fixtures.ts'

const ownTerms = new URL('./verifiers/own-terms.ts', import.meta.url)
const barred = new URL('./verifiers/barred.ts', import.meta.url)
const streaming = new URL('./verifiers/streaming.ts', import.meta.url)
const asksService = new URL('./verifiers/asks-service.ts', import.meta.url)
const plain = new URL('./verifiers/plain-chain.ts', import.meta.url)

function items(count: number, special: Readonly<Record<number, object>> = {}): object[] {
  return Array.from({ length: count }, (_, n) => ({ n, ...special[n] }))
}

function ends({ checks = {} }: Outcome): Record<string, string> {
  return Object.fromEntries(Object.entries(checks).map(([name, it]) => [name, it.verdict ?? it.status]))
}

describe.for(POOLS)('in a pool of %s', (pool) => {
  test('a check has a timeout and retries of its own, whatever those of the run are', async () => {
    const special = { 2: { hangs: true }, 4: { spins: true }, 6: { throws: 2 }, 8: { throws: 9 } }
    const retry = { retries: 0, backoff: 'none' } as const
    const outcomes = byIndex(await collect(engineOn(pool).run(ownTerms, items(10, special), { retry, concurrency: 2 })))
    const passes = { quick: 'pass', stubborn: 'pass', known: 'pass', last: 'pass' }
    expect(ends(outcomes[0]!)).toEqual(passes)
    expect(ends(outcomes[2]!)).toEqual({ ...passes, quick: 'timedOut' })
    expect(ends(outcomes[4]!)).toEqual({ ...passes, quick: 'timedOut' })
    expect(outcomes[4]!.checks!['quick']!.error!.message).toContain('its timeout of 150 ms')
    expect(ends(outcomes[6]!)).toEqual(passes)
    expect(outcomes[6]!.checks!['stubborn']).toMatchObject({ attempts: 3, value: 3 })
    expect(ends(outcomes[8]!)).toEqual({ ...passes, stubborn: 'errored', last: 'skipped' })
    expect(outcomes[8]!.checks!['stubborn']).toMatchObject({ attempts: 4 })
    expect(outcomes[8]!.checks!['last']).toMatchObject({ by: 'stubborn' })
    // What comes before it by name, and through others; nothing else.
    expect(outcomes[0]!.checks!['last']!.value).toBe('known quick stubborn')
  })
})

test('a check has its own setup, prefetch and teardown', async () => {
  const log = newLog()
  const engine = testEngine({ threads: 1 })
  const run = engine.run(ownTerms, items(10), { config: { log }, shardSize: 10 })
  const outcomes = await collect(run)
  expect(outcomes.every((outcome) => outcome.status === 'completed' && outcome.verdict === 'pass')).toBe(true)
  await run.report()
  const lines = readFileSync(log, 'utf8').trim().split('\n')
  const fetched = lines.filter((line) => line.startsWith('prefetch')).flatMap((line) => line.split(' ').slice(1))
  expect(fetched.map(Number)).toEqual(items(10).map((_, n) => n))
  expect(counted(log)['torn']).toBe(1)
})

test('tasks go on without waiting for each other, but for those of a shard at a barrier', async () => {
  const engine = testEngine({ threads: 1 })
  const logs = { streamed: newLog(), barred: newLog() }
  const options = { concurrency: 4, shardSize: 12 }
  const tasks = items(12, { 5: { fails: true } })
  await engine.run(streaming, tasks, { ...options, config: { log: logs.streamed } }).report()
  const report = await engine.run(barred, tasks, { ...options, config: { log: logs.barred } }).report()
  expect(report.checks!['third']).toMatchObject({ statuses: { completed: 11, skipped: 1 } })
  const words = (log: string): string[] => readFileSync(log, 'utf8').trim().split('\n')
  const stages = ['first', 'second', 'third']
  const sorted = (all: readonly string[]): string[] => [...all].sort((a, b) => stages.indexOf(a) - stages.indexOf(b))
  expect(words(logs.barred)).toEqual(sorted(words(logs.barred)))
  expect(words(logs.streamed)).not.toEqual(sorted(words(logs.streamed)))
  expect(words(logs.streamed)).toHaveLength(34)
})

test('checks side by side share a limit, and each tells of its own wait', async () => {
  const engine = testEngine({ threads: 1, limits: { service: { concurrency: 3 } } })
  const outcomes = await collect(engine.run(asksService, items(20), { concurrency: 10 }))
  const checks = outcomes.flatMap((outcome) => Object.values(outcome.checks!))
  expect(checks).toHaveLength(40)
  for (const { value } of checks) expect(value).toBeLessThanOrEqual(3)
  expect(checks.some(({ waitMs }) => waitMs !== undefined)).toBe(true)
  for (const { checks: own, waitMs } of outcomes) {
    const waits = Object.values(own!).reduce((sum, check) => sum + (check.waitMs ?? 0), 0)
    expect(waitMs ?? 0).toBeCloseTo(waits, 6)
  }
})

test('several modules side by side are a chain of one stage', async () => {
  const faults = new URL('../engine/verifiers/faults.ts', import.meta.url)
  const echo = new URL('../conformance/verifiers/echo.ts', import.meta.url)
  const engine = testEngine({ threads: 2 })
  const tasks = [{ do: 'pass' }, { do: 'flag', n: 1 }, { do: 'throw' }]
  const outcomes = byIndex(await collect(engine.run({ faults, echo }, tasks)))
  expect(outcomes.map(ends).map(({ faults: end }) => end)).toEqual(['pass', 'flag', 'errored'])
  expect(outcomes.map(ends).map(({ echo: end }) => end)).toEqual(['pass', 'pass', 'pass'])
})

test.each([
  [
    'a module without a verifier is named',
    { ok: plain, none: new URL('../engine/fixtures.ts', import.meta.url) },
    'FANFOLD_',
  ],
  ['a chain within a chain is refused', { ok: plain }, 'FANFOLD_'],
  ['no check at all is refused', {}, 'FANFOLD_VERIFIER_NOT_A_MODULE'],
])('%s', async (_what, modules, code) => {
  const engine = testEngine({ threads: 1 })
  const ready = async (): Promise<void> => engine.load(modules).ready
  const thrown: unknown = await ready().catch((error: unknown) => error)
  expect((thrown as { code: string }).code).toContain(code)
})

test('a chain that cannot be is refused when it is loaded', async () => {
  const { writeFileSync } = await import('node:fs')
  const path = join(tempFolder(), 'bad.mjs')
  const workers = JSON.stringify(import.meta.resolve('@fanfold/workers'))
  writeFileSync(
    path,
    `import { chain, check } from ${workers}\nexport default chain({ a: check(() => true, { after: ['b'] }), b: check(() => true, { after: ['a'] }) })`,
  )
  const loaded = testEngine({ threads: 1 }).load(path)
  await expect(loaded.ready).rejects.toMatchObject({
    code: 'FANFOLD_BAD_CHAIN',
    message: expect.stringContaining('a → b → a') as string,
  })
})

test('a run that is resumed counts the checks of what was settled before', async () => {
  const path = join(tempFolder(), 'journal')
  const tasks = items(30, { 3: { throws: 9 }, 20: { throws: 9 } })
  const engine = testEngine({ threads: 1 })
  const journal = { path, sourceId: 'thirty' }
  const first = engine.run(ownTerms, tasks, { journal, limit: 12, retry: { backoff: 'none' } })
  await collect(first)
  expect((await first.report()).checks!['stubborn']!.statuses).toMatchObject({ completed: 11, errored: 1 })
  const second = engine.run(ownTerms, tasks, {
    journal: { ...journal, resume: 'unfinished' },
    retry: { backoff: 'none' },
  })
  expect(await collect(second)).toHaveLength(18)
  const { checks, statuses } = await second.report()
  expect(statuses).toMatchObject({ completed: 28, errored: 2 })
  expect(checks!['stubborn']!.statuses).toMatchObject({ completed: 28, errored: 2 })
  expect(checks!['last']!.statuses).toMatchObject({ completed: 28, skipped: 2 })
  const third = engine.run(ownTerms, tasks, { journal: { ...journal, redrive: true }, retry: { backoff: 'none' } })
  expect((await collect(third)).map(({ index }) => index).sort((a, b) => a - b)).toEqual([3, 20])
  expect((await third.report()).checks!['stubborn']!.statuses).toMatchObject({ completed: 28, errored: 2 })
})
