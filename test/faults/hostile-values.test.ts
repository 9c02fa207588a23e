import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ndjson } from '@fanfold/core'
import { describe, expect, test } from 'vitest'
import { byIndex, collect, tempFolder } from '../engine/fixtures.ts'
import { POOLS, numbers, testEngine, unsuccessful, verifierOf } from './pools.ts'

const NESTED = `
  import { pass } from '@fanfold/workers'
  export default (item, { config }) => {
    if (item !== 'nest') return pass(typeof item)
    let value = 1
    for (let i = 0; i < 100_000; i++) value = [value]
    if (config.thrown) throw Object.assign(new Error('deep'), { value })
    return pass(value)
  }
`
const LARGE = `
  import { pass } from '@fanfold/workers'
  export default (item) => pass(item === 'large' ? Buffer.alloc(300_000_000, 7) : item.length)
`

describe.each(POOLS)('in %s', (pool) => {
  test('100,000 nested levels in a record are read, or that record alone is errored', async () => {
    const path = join(tempFolder(), 'deep.ndjson')
    writeFileSync(path, `1\n${'['.repeat(100_000)}1${']'.repeat(100_000)}\n2\n`)
    const run = testEngine({ pool, threads: 1 }).run(verifierOf(NESTED), ndjson(path))
    const [first, deep, last] = byIndex(await collect(run))
    expect([first, last]).toMatchObject([{ value: 'number' }, { value: 'number' }])
    expect(deep!.status === 'errored' || (deep!.status === 'completed' && deep!.value === 'object')).toBe(true)
    expect((await run.report()).threadsReplaced).toBe(0)
  })

  test('100,000 nested levels in an item or in a value are errored, and cost no neighbour anything', async () => {
    let deep: unknown = 1
    for (let i = 0; i < 100_000; i++) deep = [deep]
    const items = ['a', deep, 'b', 'nest', 'c']
    const run = testEngine({ pool, threads: 1 }).run(verifierOf(NESTED), items)
    const outcomes = byIndex(await collect(run))
    expect(unsuccessful(outcomes)).toMatchObject(
      [1, 3].map((index) => ({ index, status: 'errored', error: { code: 'FANFOLD_NOT_CLONEABLE' } })),
    )
    expect((await run.report()).threadsReplaced).toBe(0)
  })

  test('an error with 100,000 nested levels arrives without them', async () => {
    const run = testEngine({ pool, threads: 1 }).run(verifierOf(NESTED), ['a', 'nest', 'b'], {
      config: { thrown: true },
    })
    const outcomes = byIndex(await collect(run))
    expect(unsuccessful(outcomes)).toMatchObject([{ index: 1, status: 'errored', error: { message: 'deep' } }])
    expect((await run.report()).threadsReplaced).toBe(0)
  })

  test('a value of 300 MB arrives whole', async () => {
    const run = testEngine({ pool, threads: 1 }).run<string>(verifierOf(LARGE), ['a', 'large', 'b'])
    const outcomes = byIndex(await collect(run))
    expect(outcomes.map(({ status }) => status)).toEqual(['completed', 'completed', 'completed'])
    const { value } = outcomes[1] as { readonly value?: unknown }
    expect(value).toBeInstanceOf(Uint8Array)
    const bytes = value as Uint8Array
    expect([bytes.length, bytes[0], bytes[299_999_999]]).toEqual([300_000_000, 7, 7])
  })

  test('an item of 300 MB arrives whole', async () => {
    const items = [new Uint8Array(1), new Uint8Array(300_000_000), new Uint8Array(2)]
    const outcomes = byIndex(await collect(testEngine({ pool, threads: 1 }).run(verifierOf(LARGE), items)))
    expect(outcomes).toMatchObject([{ value: 1 }, { value: 300_000_000 }, { value: 2 }])
  })

  test('items whose buffer was taken away are errored, and no others', async () => {
    const items = numbers(20).map((n) => new Uint8Array(1000).fill(n))
    structuredClone(items[7]!, { transfer: [items[7]!.buffer] })
    const outcomes = byIndex(await collect(testEngine({ pool, threads: 1 }).run(verifierOf(LARGE), items)))
    expect(unsuccessful(outcomes)).toMatchObject([{ index: 7, error: { code: 'FANFOLD_NOT_CLONEABLE' } }])
    expect(outcomes).toHaveLength(20)
  })

  test('a source whose memory is taken away while it runs breaks, and each task that was read has an outcome', async () => {
    const source = new Float64Array(200_000)
    const run = testEngine({ pool, threads: 1 }).run<number>(verifierOf('export default () => true'), source)
    let taken = 0
    const taking = (async () => {
      for await (const outcome of run) {
        taken++
        if (outcome.index === 0) structuredClone(source, { transfer: [source.buffer] })
      }
    })()
    await expect(taking).rejects.toThrow('detached')
    const { result, failure, statuses, sourceExhausted } = await run.report()
    expect({ result, sourceExhausted }).toEqual({ result: 'failed', sourceExhausted: false })
    await expect(taking).rejects.toBe(failure)
    // What was read and not sent yet is gone with the memory.
    expect(statuses.completed).toBeGreaterThan(0)
    expect(statuses.completed + statuses.errored).toBe(taken)
  })
})
