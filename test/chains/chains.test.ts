import type { CheckOutcome, Outcome, RunOptions } from '@fanfold/core'
import { Engine } from '@fanfold/core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { POOLS, engineOn } from '../conformance/pools.ts'
import { byIndex, collect, testEngine } from '../engine/fixtures.ts'
import type { Orders } from './verifiers/obedient-chain.ts'

const obedient = new URL('./verifiers/obedient-chain.ts', import.meta.url)
const NAMES = ['parse', 'schema', 'signature', 'crm', 'billing', 'decide']
const TIMEOUT: RunOptions = { timeoutMs: 400 }

function orders(count: number, special: Readonly<Record<number, Omit<Orders, 'n'>>> = {}): Orders[] {
  return Array.from({ length: count }, (_, n) => ({ n, ...special[n] }))
}

/** How each check ended, in a word. */
function wordsOf({ checks = {} }: Outcome): string[] {
  return Object.values(checks).map(({ verdict, status }) => verdict ?? status)
}

function checkOf(outcome: Outcome | undefined, name: string): CheckOutcome {
  return outcome!.checks![name]!
}

describe.for(POOLS)('in a pool of %s', (pool) => {
  test('a task has its checks by name, in their order; its own end is the worst of theirs', async () => {
    const special = {
      1: { schema: 'flag' },
      2: { signature: 'fail' },
      3: { schema: 'fail', signature: 'throw' },
      4: { crm: 'rejects', billing: 'flag' },
      5: { parse: 'fail' },
    } as const
    const outcomes = byIndex(await collect(engineOn(pool).run(obedient, orders(7, special), { concurrency: 8 })))
    for (const { checks } of outcomes) expect(Object.keys(checks!)).toEqual(NAMES)
    expect(outcomes.map(wordsOf)).toEqual([
      ['pass', 'pass', 'pass', 'pass', 'pass', 'pass'],
      ['pass', 'flag', 'pass', 'pass', 'pass', 'pass'],
      ['pass', 'pass', 'fail', 'skipped', 'skipped', 'skipped'],
      ['pass', 'fail', 'errored', 'skipped', 'skipped', 'skipped'],
      ['pass', 'pass', 'pass', 'errored', 'flag', 'pass'],
      ['fail', 'skipped', 'skipped', 'skipped', 'skipped', 'skipped'],
      ['pass', 'pass', 'pass', 'pass', 'pass', 'pass'],
    ])
    expect(outcomes.map((it) => (it.status === 'completed' ? [it.verdict, it.reason] : [it.status]))).toEqual([
      ['pass', undefined],
      ['flag', 'odd'],
      ['fail', 'wrong'],
      ['errored'],
      ['errored'],
      ['fail', 'wrong'],
      ['pass', undefined],
    ])
    expect(outcomes[4]).toMatchObject({ error: { message: 'rejected 4', code: 'OWN' } })
    expect(checkOf(outcomes[4], 'crm')).toMatchObject({ error: { message: 'rejected 4', code: 'OWN' }, attempts: 1 })
    expect(checkOf(outcomes[2], 'decide')).toMatchObject({ by: 'signature', attempts: 0, durationMs: 0 })
    expect(checkOf(outcomes[5], 'decide')).toMatchObject({ by: 'parse' })
    expect(checkOf(outcomes[1], 'schema')).toMatchObject({ reason: 'odd', value: { n: 1 } })
    expect(checkOf(outcomes[2], 'signature')).toMatchObject({ issues: [{ reason: 'wrong', path: '/n' }] })
  })

  test('a check sees what the checks before it came to, and no others', async () => {
    const special = { 1: { schema: 'flag', crm: 'rejects' } } as const
    const outcomes = byIndex(await collect(engineOn(pool).run(obedient, orders(2, special))))
    const before = { parse: 'pass', schema: 'pass', signature: 'pass', crm: 'pass', billing: 'pass' }
    expect(checkOf(outcomes[0], 'decide').value).toEqual(before)
    expect(checkOf(outcomes[1], 'decide').value).toEqual({ ...before, schema: 'flag', crm: 'errored' })
  })

  test('one check that throws, spins, hangs, exits or exhausts the heap costs no other check its verdict', async () => {
    const special = {
      3: { signature: 'spin' },
      5: { signature: 'exit' },
      7: { crm: 'never' },
      11: { crm: 'spin' },
      13: { crm: 'exit' },
      17: { decide: 'exit' },
      19: { crm: 'never', billing: 'spin' },
      23: { signature: 'unsendable' },
    } as const
    const run = engineOn(pool).run(obedient, orders(40, special), { timeoutMs: 2000, concurrency: 8 })
    const outcomes = byIndex(await collect(run))
    const expected = orders(40).map(() => ['pass', 'pass', 'pass', 'pass', 'pass', 'pass'])
    expected[3] = ['pass', 'pass', 'timedOut', 'skipped', 'skipped', 'skipped']
    expected[5] = ['pass', 'pass', 'crashed', 'skipped', 'skipped', 'skipped']
    expected[7]![3] = 'timedOut'
    expected[11]![3] = 'timedOut'
    expected[13]![3] = 'crashed'
    expected[17]![5] = 'crashed'
    expected[19] = ['pass', 'pass', 'pass', 'timedOut', 'timedOut', 'skipped']
    expected[23] = ['pass', 'pass', 'errored', 'skipped', 'skipped', 'skipped']
    expect(outcomes.map(wordsOf)).toEqual(expected)
    expect(checkOf(outcomes[5], 'signature')).toMatchObject({ attempts: 2, error: { code: 'FANFOLD_TASK_CRASHED' } })
    expect(outcomes[5]).toMatchObject({ status: 'crashed', attempts: 2 })
    expect(checkOf(outcomes[5], 'schema')).toMatchObject({ attempts: 1 })
    expect(checkOf(outcomes[23], 'signature')).toMatchObject({ error: { code: 'FANFOLD_NOT_CLONEABLE' } })
    // What ran beside a check that had to be found alone is whole: the values of the earlier checks went with it.
    expect(checkOf(outcomes[17], 'billing').value).toEqual({ n: 17, attempt: 1 })
  }, 120_000)

  test('a check that exhausts the heap is crashed, and no other', async () => {
    const engine = engineOn(pool, { threads: 2, threadMemoryMb: 64 })
    const run = engine.run(obedient, orders(10, { 4: { signature: 'heap' } }), { timeoutMs: 60_000 })
    const outcomes = byIndex(await collect(run))
    expect(wordsOf(outcomes[4]!)).toEqual(['pass', 'pass', 'crashed', 'skipped', 'skipped', 'skipped'])
    outcomes.splice(4, 1)
    for (const outcome of outcomes) expect(wordsOf(outcome)).toEqual(NAMES.map(() => 'pass'))
  }, 120_000)

  test('only the check that failed is tried again, and is given what the others have come to', async () => {
    const special = { 1: { signature: 'throwOnce' }, 2: { crm: 'exitOnce' }, 3: { signature: 'throw' } } as const
    const retry = { retries: 2, crashes: 1, backoff: 'none' } as const
    const run = engineOn(pool).run(obedient, orders(6, special), { retry })
    const outcomes = byIndex(await collect(run))
    expect(outcomes[1]).toMatchObject({ status: 'completed', verdict: 'pass', attempts: 2 })
    expect(checkOf(outcomes[1], 'signature')).toMatchObject({ attempts: 2, value: 2 })
    expect(checkOf(outcomes[1], 'parse')).toMatchObject({ attempts: 1 })
    expect(checkOf(outcomes[1], 'crm')).toMatchObject({ attempts: 1, value: { n: 1, attempt: 1 } })
    expect(wordsOf(outcomes[2]!)).toEqual(['pass', 'pass', 'pass', 'pass', 'pass', 'pass'])
    expect(checkOf(outcomes[3], 'signature')).toMatchObject({ status: 'errored', attempts: 3 })
    expect((await run.report()).retries).toBe(3)
  })

  test('the report counts each check', async () => {
    const special = { 1: { schema: 'flag' }, 2: { parse: 'fail' }, 3: { crm: 'never' } } as const
    const run = engineOn(pool).run(obedient, orders(30, special), { ...TIMEOUT, concurrency: 4 })
    const { checks, statuses, verdicts, reasons } = await run.report()
    expect(Object.keys(checks!)).toEqual(NAMES)
    expect(checks!['parse']).toMatchObject({ statuses: { completed: 30 }, verdicts: { pass: 29, flag: 0, fail: 1 } })
    expect(checks!['schema']).toMatchObject({
      statuses: { completed: 29, skipped: 1 },
      verdicts: { pass: 28, flag: 1 },
    })
    expect(checks!['crm']).toMatchObject({ statuses: { completed: 28, timedOut: 1, skipped: 1 } })
    expect(statuses).toMatchObject({ completed: 29, timedOut: 1 })
    expect(verdicts).toEqual({ pass: 27, flag: 1, fail: 1 })
    expect(reasons).toEqual({ odd: 1, wrong: 1 })
  })

  test('cancelled, each check of each task has ended in some way', async () => {
    const engine = engineOn(pool)
    const run = engine.run(obedient, orders(20, { 3: { crm: 'never' } }), { order: 'input', concurrency: 1 })
    const outcomes: Outcome[] = []
    for await (const outcome of run) {
      outcomes.push(outcome)
      if (outcome.index === 2) run.cancel('enough')
    }
    expect(outcomes.at(-1)).toMatchObject({ status: 'aborted', attempts: 0 })
    for (const { checks } of outcomes) expect(Object.keys(checks!)).toEqual(NAMES)
    const { statuses, checks } = await run.report()
    for (const name of NAMES) {
      const { statuses: ofCheck } = checks![name]!
      expect(Object.values(ofCheck).reduce((sum, count) => sum + count, 0)).toBe(outcomes.length)
    }
    expect(statuses.completed + statuses.aborted).toBe(20)
  })

  test('with any number of threads, and any shard size, the outcomes are the same', async () => {
    const special = {
      3: { schema: 'flag' },
      5: { crm: 'rejects' },
      8: { signature: 'exit' },
      12: { parse: 'throw' },
    } as const
    const told = async (threads: number, options: RunOptions): Promise<string> => {
      const engine = engineOn(pool, { threads })
      const chunks: Uint8Array[] = []
      const run = engine.run(obedient, orders(20, special), { ...options, order: 'input' })
      for await (const chunk of run.toNdjson({ timings: false })) chunks.push(chunk)
      return Buffer.concat(chunks).toString()
    }
    const lines = await told(1, { shardSize: 20 })
    expect(lines.split('\n')).toHaveLength(21)
    expect(await told(2, { shardSize: 1 })).toBe(lines)
    expect(await told(2, { concurrency: 7, shardSize: 6 })).toBe(lines)
  })
})

test('lines say of each check what outcomes say', async () => {
  const special = { 1: { schema: 'flag' }, 2: { parse: 'fail' }, 3: { crm: 'rejects' }, 4: { decide: 'exit' } } as const
  const engine = testEngine({ threads: 2 })
  const outcomes = byIndex(await collect(engine.run(obedient, orders(8, special))))
  const lines: Record<string, unknown>[] = []
  const run = engine.run(obedient, orders(8, special))
  for await (const chunk of run.toNdjson({ include: 'none' }))
    for (const line of Buffer.from(chunk).toString().trimEnd().split('\n'))
      lines.push(JSON.parse(line) as Record<string, unknown>)
  lines.sort((a, b) => Number(a['index']) - Number(b['index']))
  const withoutTimes = (_key: string, value: unknown): unknown => {
    if (value instanceof Error)
      return { name: value.name, message: value.message, code: (value as { code?: string }).code }
    return _key === 'durationMs' || _key === 'issues' ? undefined : value
  }
  const plain = (it: unknown): unknown => JSON.parse(JSON.stringify(it, withoutTimes))
  expect(lines.map(plain)).toEqual(outcomes.map(plain))
})

test('checks that simply pass are in the lines, and in outcomes', async () => {
  const plain = new URL('./verifiers/plain-chain.ts', import.meta.url)
  const engine = testEngine({ threads: 2 })
  const outcomes = byIndex(await collect(engine.run(plain, [1, 2, 3])))
  for (const { checks } of outcomes)
    expect(checks).toEqual({
      small: { status: 'completed', verdict: 'pass', attempts: 1, durationMs: expect.any(Number) as number },
      whole: { status: 'completed', verdict: 'pass', attempts: 1, durationMs: expect.any(Number) as number },
    })
  const chunks: Uint8Array[] = []
  const run = engine.run(plain, [1, 200], { order: 'input' })
  for await (const chunk of run.toNdjson({ timings: false, include: 'none' })) chunks.push(chunk)
  const pass = '{"status":"completed","verdict":"pass","attempts":1}'
  expect(Buffer.concat(chunks).toString()).toBe(
    `{"index":0,"status":"completed","verdict":"pass","checks":{"small":${pass},"whole":${pass}},"attempts":1}\n` +
      `{"index":1,"status":"completed","verdict":"fail","reason":"rejected","checks":{"small":{"status":"completed","verdict":"fail","reason":"rejected","attempts":1},"whole":{"status":"skipped","by":"small","attempts":0}},"attempts":1}\n`,
  )
})

test('single requests go through a chain, too', async () => {
  const engine = new Engine({ threads: 2 })
  onTestFinished(() => engine.close().then(() => {}))
  const loaded = engine.load<Orders>(obedient, { check: { timeoutMs: 500 } })
  const outcomes = await Promise.all([
    loaded.check({ n: 1 }),
    loaded.check({ n: 2, schema: 'flag' }),
    loaded.check({ n: 3, crm: 'never' }),
    loaded.check({ n: 4, signature: 'exit' }),
  ])
  expect(outcomes.map((it) => (it.status === 'completed' ? it.verdict : it.status))).toEqual([
    'pass',
    'flag',
    'timedOut',
    'crashed',
  ])
  expect(wordsOf(outcomes[2]!)).toEqual(['pass', 'pass', 'pass', 'timedOut', 'pass', 'pass'])
})

test('a record that cannot be read has no check that was made', async () => {
  const { ndjson } = await import('@fanfold/core')
  const source = ndjson(new Response('{"n":0}\n{oops\n{"n":2}\n').body!)
  const outcomes = byIndex(await collect(testEngine({ threads: 1 }).run(obedient, source)))
  expect(outcomes.map(wordsOf)[1]).toEqual(NAMES.map(() => 'errored'))
  expect(outcomes[1]).toMatchObject({ status: 'errored', error: { code: 'FANFOLD_RECORD_UNPARSABLE' } })
  expect(wordsOf(outcomes[2]!)).toEqual(NAMES.map(() => 'pass'))
})
