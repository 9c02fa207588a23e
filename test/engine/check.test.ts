import { expect, test } from 'vitest'
import { faults, runScript, testEngine } from './fixtures.ts'

const SETUP = `
  import { Engine } from '@fanfold/core'
  const engine = new Engine({ threads: 2 })
  const loaded = engine.load(${JSON.stringify(faults.href)})`

test('a process ends when no check is in flight, and not before', async () => {
  const script = `${SETUP}
    const ended = []
    process.on('exit', () => console.log(ended.join(' ')))
    loaded.check({ do: 'sleep', n: 50 }).then(({ verdict }) => ended.push(verdict))
    loaded.check({ do: 'busy', n: 50 }).then(({ verdict }) => ended.push(verdict))
  `
  expect(await runScript(script)).toBe('pass pass\n')
})

test('checks leave nothing behind', async () => {
  const script = `${SETUP}
    import v8 from 'node:v8'
    import vm from 'node:vm'
    v8.setFlagsFromString('--expose-gc')
    const gc = vm.runInNewContext('gc')
    const { signal } = new AbortController()
    async function heapAfter(rounds) {
      for (let i = 0; i < rounds; i++) {
        const what = i % 50 === 0 ? 'throw' : 'pass'
        await Promise.all(Array.from({ length: 200 }, (_, n) => loaded.check({ do: what, n, text: 'x'.repeat(500) + n }, { signal })))
        const given = new AbortController()
        const checks = Promise.allSettled(Array.from({ length: 20 }, () => loaded.check({ do: 'pass' }, { signal: given.signal })))
        given.abort()
        await checks
      }
      gc()
      return process.memoryUsage().heapUsed
    }
    await heapAfter(100)
    const before = await heapAfter(50)
    console.log(await heapAfter(200) - before)
    await engine.close()
  `
  // 40,000 requests of 1 kB, or a listener for each, would be far more.
  expect(Number(await runScript(script))).toBeLessThan(1_000_000)
})

test('an option of one check is checked, and those of all when the verifier is loaded', async () => {
  const engine = testEngine()
  const loaded = engine.load<object>(faults)
  await expect(loaded.check({ do: 'pass' }, { timeoutMs: 1 } as object)).rejects.toMatchObject({
    code: 'FANFOLD_BAD_OPTION',
  })
  await expect(loaded.check({ do: 'pass' }, { signal: 5 } as object)).rejects.toThrow('signal is 5')
  expect(() => engine.load(faults, { check: { maxQueued: 0 } })).toThrow('check.maxQueued is 0')
  expect(() => engine.load(faults, { check: { timeoutMs: -1 } })).toThrow('check.timeoutMs is -1')
  expect(() => engine.load(faults, { check: { signal: 1 } as object })).toThrow('check has no option signal.')
  expect(() => engine.load(faults, { maxQueued: 1 } as object)).toThrow('It belongs to check')
})
