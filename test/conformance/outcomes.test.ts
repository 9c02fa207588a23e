import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { csv, lines, ndjson } from '@fanfold/core'
import { describe, expect, test } from 'vitest'
import { byIndex, collect, faults, progressWhere, tasks, tempFolder } from '../engine/fixtures.ts'
import { POOLS, engineOn } from './pools.ts'

const echo = new URL('./verifiers/echo.ts', import.meta.url)

describe.each(POOLS)('in %s', (pool) => {
  test('every way to answer has its outcome', async () => {
    const kinds = [
      'pass',
      'yes',
      'no',
      'flag',
      'reason',
      'fail',
      'value',
      'nothing',
      'unsendable',
      'throw',
      'throwNull',
    ]
    const run = engineOn(pool).run(
      faults,
      [...kinds, 'sleep', 'rejects'].map((kind, n) => ({ do: kind, n })),
    )
    const outcomes = byIndex(await collect(run))
    expect(outcomes.map((outcome) => (outcome.status === 'completed' ? outcome.verdict : outcome.status))).toEqual(
      // oxfmt-ignore
      ['pass', 'pass', 'fail', 'flag', 'flag', 'fail', 'pass', 'errored', 'errored', 'errored', 'errored', 'pass', 'errored'],
    )
    expect(outcomes[3]).toMatchObject({
      reason: 'odd',
      issues: [{ path: '/n' }, { reason: 'second' }],
      value: { n: 3 },
    })
    expect(outcomes[6]).toMatchObject({ value: { big: 2n ** 70n, map: new Map([[1, new Uint8Array([1, 2])]]) } })
    expect(outcomes[8]).toMatchObject({ error: { code: 'FANFOLD_NOT_CLONEABLE' } })
    expect(outcomes[9]).toMatchObject({
      error: { name: 'BillingError', code: 'E_BILLING', customer: { id: 9 }, cause: { name: 'RangeError' } },
    })
    expect(await run.report()).toMatchObject({ threadsReplaced: 0, result: 'partial' })
  })

  test('what a task is told of itself is the same', async () => {
    const items = tasks(3, { 2: { do: 'context' } })
    const [, , outcome] = byIndex(await collect(engineOn(pool).run(faults, items, { config: { a: [1] } })))
    expect(outcome).toMatchObject({ value: { index: 2, attempt: 1, config: { a: [1] } } })
  })

  test('many shards of text are counted to the last line, and in order if asked', async () => {
    const path = join(tempFolder(), 'tasks.ndjson')
    const text = Array.from({ length: 60_000 }, (_, n) => {
      const task = n % 100 === 7 ? 'flag' : n % 1000 === 13 ? 'throw' : 'pass'
      return n % 5000 === 4 ? 'no JSON' : JSON.stringify({ do: task, n, padding: 'x'.repeat(50) })
    })
    writeFileSync(path, text.join('\n'))
    const loaded = engineOn(pool).load(faults)
    const report = await loaded.run(ndjson(path)).report()
    expect(report).toMatchObject({
      total: 60_000,
      sourceExhausted: true,
      statuses: { completed: 59_928, errored: 72 },
      verdicts: { pass: 59_328, flag: 600 },
      reasons: { odd: 600 },
    })
    let next = 0
    for await (const outcome of loaded.run(ndjson(path, { id: '/n' }), { order: 'input' })) {
      if (outcome.index !== next || outcome.line !== next + 1) throw new Error(`${outcome.index} instead of ${next}`)
      if (outcome.status === 'completed' && outcome.id !== next) throw new Error(`id ${String(outcome.id)} of ${next}`)
      next++
    }
    expect(next).toBe(60_000)
  })

  test('lines, rows, numbers and items arrive as they are', async () => {
    const folder = tempFolder()
    const [table, text] = [join(folder, 'a.csv'), join(folder, 'a.txt')]
    writeFileSync(table, 'name,age\nann,"4\n2"\n')
    writeFileSync(text, 'one\n\nthree')
    const loaded = engineOn(pool).load(echo)
    const circular: { self?: unknown } = {}
    circular.self = circular
    const items = [undefined, null, 1n, 'x', new Date(0), Buffer.from('abc'), new Map([[1, new Set([2])]]), circular]
    for (const [source, values] of [
      [csv(table), [{ name: 'ann', age: '4\n2' }]],
      [lines(text), ['one', '', 'three']],
      [new Float64Array([0.5, 1.5]), [0.5, 1.5]],
      [new BigInt64Array([1n]), [1n]],
      [items, items.map((item) => structuredClone(item))],
    ] as const) {
      const outcomes = byIndex(await collect(loaded.run(source as unknown[])))
      expect(outcomes.map((outcome) => outcome.status === 'completed' && outcome.value)).toEqual(values)
    }
  })

  test('a value is the consumer’s own: to be changed, or moved on', async () => {
    const bytes = Array.from({ length: 40 }, (_, i) => new Uint8Array(100).fill(i))
    for await (const batch of engineOn(pool).run<Uint8Array, unknown, Uint8Array>(echo, bytes).batches()) {
      for (let i = 0; i < batch.length; i++) {
        const outcome = batch.at(i)
        if (outcome.status !== 'completed') throw new Error(outcome.status)
        structuredClone(outcome.value!, { transfer: [outcome.value!.buffer as ArrayBuffer] })
        expect(batch.at(i)).toMatchObject({ value: bytes[outcome.index] })
      }
      structuredClone(batch.statuses, { transfer: [batch.statuses.buffer as ArrayBuffer] })
      expect(batch.verdicts.length).toBe(batch.durations.length)
    }
  })

  test('an item that cannot be sent costs its neighbours nothing', async () => {
    const items = tasks(100, { 3: { do: 'pass', f: () => 1 }, 50: { do: 'pass', symbol: Symbol('s') } })
    const outcomes = byIndex(await collect(engineOn(pool).run(faults, items)))
    const bad = outcomes.filter(({ status }) => status !== 'completed')
    expect(bad).toMatchObject([3, 50].map((index) => ({ index, error: { code: 'FANFOLD_NOT_CLONEABLE' } })))
  })

  test('a configuration that cannot be sent is refused at once', () => {
    expect(() => engineOn(pool).load(faults, { config: { f: () => 1 } })).toThrow(
      expect.objectContaining({ code: 'FANFOLD_NOT_CLONEABLE' }),
    )
  })

  test('async tasks run side by side, up to the concurrency', async () => {
    const run = engineOn(pool).run(
      faults,
      tasks(16, Object.fromEntries(Array.from({ length: 16 }, (_, i) => [i, { do: 'cooperative' }]))),
      {
        concurrency: 8,
      },
    )
    const { running, lanes } = await progressWhere(run, (progress) => progress.running === 8)
    expect([running, lanes.length]).toEqual([8, 2])
    run.cancel('enough')
    expect(await run.report()).toMatchObject({ result: 'aborted', statuses: { aborted: 16 } })
  })
})
