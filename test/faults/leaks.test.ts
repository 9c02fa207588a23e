import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { byIndex, collect, counted, runScript, tempFolder, untilWritten } from '../engine/fixtures.ts'
import { POOLS, numbers, poolOption, testEngine, verifierOf } from './pools.ts'

/** Counts what a process has open, before and after. */
const COUNTS = `
  import { readdirSync, readFileSync } from 'node:fs'
  import { Engine } from '@fanfold/core'
  // The threads' own streams are piped through these; they are the process's, and stay.
  void [process.stdout, process.stderr]
  const children = () => readFileSync('/proc/self/task/' + process.pid + '/children', 'utf8').trim().split(' ').filter(Boolean)
  const listeners = () => process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0)
  const handles = () => process.getActiveResourcesInfo().filter((name) => name !== 'Immediate').length
  const counts = () => [handles(), listeners(), children().length, readdirSync('/proc/self/fd').length]
`

describe.each(POOLS)('in %s', (pool) => {
  test('engines that were opened, used and closed leave no handle, listener, process or file behind', async () => {
    const path = verifierOf('export default () => true')
    const script = `${COUNTS}
      const one = async () => {
        const engine = new Engine({ threads: 1, ...${JSON.stringify(poolOption(pool))} })
        const { result } = await engine.run(${JSON.stringify(path)}, [1, 2, 3]).report()
        if (result !== 'succeeded') throw new Error(result)
        await engine.close()
      }
      await one() // what is opened once, by Node itself too
      const before = counts()
      for (let i = 0; i < 25; i++) await one()
      console.log(counts().map((count, i) => count - before[i]).join(' '))
    `
    expect(await runScript(script)).toBe('0 0 0 0\n')
  })

  test('10,000 tasks in 100 runs, with signals and retries, leave an open engine as it was', async () => {
    const path = verifierOf(`
      export default async (n, { signal, attempt }) => {
        signal.addEventListener('abort', () => {})
        if (n % 50 === 0 && attempt === 1) throw new Error('again')
        return true
      }
    `)
    const script = `${COUNTS}
      import { getEventListeners } from 'node:events'
      const engine = new Engine({ threads: 1, ...${JSON.stringify(poolOption(pool))} })
      const loaded = engine.load(${JSON.stringify(path)})
      const { signal } = new AbortController()
      const items = Array.from({ length: 100 }, (_, i) => i)
      const one = async () => {
        const options = { signal, concurrency: 8, retry: { retries: 1, backoff: 'none' } }
        const { result, retries } = await loaded.run(items, options).report()
        if (result !== 'succeeded' || retries !== 2) throw new Error(result + ' ' + retries)
      }
      await one()
      const before = counts()
      for (let i = 0; i < 100; i++) await one()
      console.log(counts().map((count, i) => count - before[i]).join(' '), getEventListeners(signal, 'abort').length)
      await engine.close()
    `
    expect(await runScript(script)).toBe('0 0 0 0 0\n')
  })

  test('while its consumer does not read, a run fills its bound and then stands still, in memory too', async () => {
    const path = verifierOf(`
      import { pass } from '@fanfold/workers'
      export default (n) => pass('x'.repeat(1000) + n)
    `)
    const script = `
      import { Engine } from '@fanfold/core'
      const engine = new Engine({ threads: 1, ...${JSON.stringify(poolOption(pool))} })
      let made = 0
      function* endless() { for (;;) yield made++ }
      const run = engine.run(${JSON.stringify(path)}, endless())
      const outcomes = run[Symbol.asyncIterator]()
      await outcomes.next()
      const still = async () => {
        let [last, times] = ['', 0]
        for await (const { held, read, state } of run.watch({ everyMs: 10 })) {
          const now = [held, read, state].join(' ')
          times = state === 'waiting' && now === last ? times + 1 : 0
          last = now
          if (times === 50) return { held, read }
        }
      }
      const first = await still()
      const before = process.memoryUsage().rss
      const second = await still()
      const grown = process.memoryUsage().rss - before
      const isSame = first.read === second.read && made === second.read
      console.log(JSON.stringify({ isSame, grownMb: grown / 2 ** 20, rssMb: before / 2 ** 20 }))
      await engine.close()
    `
    // What the script prints.
    const { isSame, grownMb, rssMb } = JSON.parse(await runScript(script)) as Record<string, number | boolean>
    expect(isSame).toBe(true)
    expect(grownMb).toBeLessThan(16)
    // A bare engine has some 70 MB; what may wait to be delivered is bounded in bytes.
    expect(rssMb).toBeLessThan(600)
  })

  test.each([
    ['tasks', { tasks: 100 }],
    ['heap', { heapMb: 64 }],
  ])('a verifier that leaks is recycled by its %s, and every task has its verdict', async (_, recycleAfter) => {
    const log = join(tempFolder(), 'log')
    const path = verifierOf(`
      import { appendFileSync } from 'node:fs'
      const leaked = []
      export default {
        setup({ config }) { appendFileSync(config.log, 'setup\\n') },
        verify() { leaked.push(new Uint8Array(200_000)); return true },
        teardown(_, { config }) { appendFileSync(config.log, 'teardown\\n') },
      }
    `)
    const engine = testEngine({ pool, threads: 1, recycleAfter })
    // Loaded, not only run: a thread that is replaced at the very end sets up all the same.
    const run = engine.load<number>(path, { config: { log } }).run(numbers(2_000))
    const outcomes = byIndex(await collect(run))
    expect(outcomes.map(({ index, status }) => `${index} ${status}`)).toEqual(
      numbers(2_000).map((n) => `${n} completed`),
    )
    const { threadsReplaced } = await run.report()
    await untilWritten(log, { setup: 1 + threadsReplaced })
    await engine.close()
    const { setup, teardown } = counted(log)
    // 2,000 tasks leak 400 MB, and a shard is never cut short for it.
    expect(setup).toBeGreaterThanOrEqual(3)
    expect(teardown).toBe(setup)
    expect(threadsReplaced).toBe(setup! - 1)
  })
})
