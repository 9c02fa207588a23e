import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { byIndex, collect, tempFolder } from '../engine/fixtures.ts'
import { numbers, tally, verifierOf } from '../faults/pools.ts'
import { POOLS, engineOn } from './pools.ts'

/** Every task leaves its number in a file; those in `waiting` go on until `until` tasks have. */
const COUNTS = `
  import { appendFileSync, statSync } from 'node:fs'
  import { setTimeout } from 'node:timers/promises'
  const BYTES = 8
  const spin = (file, until) => { while (statSync(file).size < until * BYTES); return true }
  const wait = async (file, until) => { while (statSync(file).size < until * BYTES) await setTimeout(1); return true }
  export default (n, { config: { file, waiting, until, isAsync } }) => {
    if (waiting.includes(n)) return (isAsync ? wait : spin)(file, until)
    appendFileSync(file, String(n).padEnd(BYTES))
    return true
  }
`

function place(): { readonly file: string; readonly executed: () => number[] } {
  const file = join(tempFolder(), 'executed')
  writeFileSync(file, '')
  return { file, executed: () => [...readFileSync(file, 'utf8').matchAll(/\d+/g)].map(Number).sort((a, b) => a - b) }
}

describe.each(POOLS)('in %s', (pool) => {
  test.for([
    ['a task that spins', false, 60],
    ['an async task', true, 60],
    ['a task that spins, behind which another shard waits', false, 3000],
  ] as const)('%s holds nobody: it goes on until all the others have ended', async ([, isAsync, count]) => {
    const { file, executed } = place()
    // First, in the middle, and last but one of what may be one shard.
    for (const holder of [0, Math.floor(count / 2), count - 2]) {
      writeFileSync(file, '')
      const config = { file, waiting: [holder], until: count - 1, isAsync }
      const outcomes = await collect(engineOn(pool).run(verifierOf(COUNTS), numbers(count), { config }))
      expect(tally(outcomes)).toEqual({ completed: count })
      expect(executed()).toEqual(numbers(count).filter((n) => n !== holder))
    }
  })

  test('a slow task in a shard of any size holds nobody, in the order of the input too', async () => {
    const { file, executed } = place()
    const config = { file, waiting: [5], until: 399, isAsync: false }
    const options = { config, shardSize: 200, order: 'input' } as const
    const outcomes = await collect(engineOn(pool).run(verifierOf(COUNTS), numbers(400), options))
    expect(outcomes.map(({ index }) => index)).toEqual(numbers(400))
    expect(executed()).toEqual(numbers(400).filter((n) => n !== 5))
  })

  test('what is handed out again is run once: of thousands of tasks with slow ones among them, each leaves one trace', async () => {
    const { file, executed } = place()
    const path = verifierOf(`
      import { appendFileSync } from 'node:fs'
      let sum = 0
      export default (n, { config }) => {
        appendFileSync(config, String(n).padEnd(8))
        for (let i = 0; i < (n % 97 === 0 ? 2_000_000 : 20); i++) sum = (sum * 31 + i) | 0
        return sum !== 0.5
      }
    `)
    const engine = engineOn(pool, { threads: 3 })
    for (const shardSize of [undefined, 500, 7]) {
      writeFileSync(file, '')
      const options = { config: file, ...(shardSize === undefined ? {} : { shardSize }) }
      const outcomes = byIndex(await collect(engine.run(path, numbers(2000), options)))
      expect(outcomes.map(({ index, attempts }) => [index, attempts])).toEqual(numbers(2000).map((n) => [n, 1]))
      expect(executed()).toEqual(numbers(2000))
    }
  })

  test('beside tasks that hang, throw, or end their thread, nothing that is handed out again is lost or told twice', async () => {
    const path = verifierOf(`
      export default (n) => {
        if (n % 211 === 7) process.exit(3)
        if (n % 307 === 11) for (;;);
        if (n % 101 === 13) throw new Error('no')
        for (let i = 0, end = n % 53 === 0 ? 3_000_000 : 50; i < end; i++);
        return true
      }
    `)
    const engine = engineOn(pool, { threads: 3 })
    for (const order of ['arrival', 'input'] as const) {
      const outcomes = await collect(engine.run(path, numbers(700), { timeoutMs: 500, order }))
      expect(byIndex(outcomes).map(({ index }) => index)).toEqual(numbers(700))
      const expected = numbers(700).map((n) =>
        n % 211 === 7 ? 'crashed' : n % 307 === 11 ? 'timedOut' : n % 101 === 13 ? 'errored' : 'completed',
      )
      expect(byIndex(outcomes).map(({ status }) => status)).toEqual(expected)
    }
  })
})
