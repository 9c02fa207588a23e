import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { ndjson } from '@fanfold/core'
import { spawn } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { byIndex, collect } from '../engine/fixtures.ts'
import { POOLS, numbers, poolOption, tally, testEngine, unsuccessful, verifierOf } from './pools.ts'

/** What libraries do overwrite, and some more: the thread's own code has what it needs from before. */
const HARMLESS = [
  'globalThis.setTimeout = globalThis.setInterval = globalThis.setImmediate = globalThis.clearTimeout = broken',
  'globalThis.performance = undefined',
  'globalThis.Promise = class { constructor() { broken() } }',
  'Array.prototype.push = Array.prototype[Symbol.iterator] = broken',
  'globalThis.Error = globalThis.AbortController = globalThis.structuredClone = globalThis.queueMicrotask = broken',
  'process.exit = process.hrtime = process.nextTick = broken',
  'globalThis.Atomics = {}',
  // Worse than broken ones: what ran would be hidden, and nothing would ever be begun.
  'Atomics.store = Atomics.load = Atomics.add = Atomics.sub = () => 0',
  'Array.prototype.map = () => []',
  'Object.fromEntries = Object.entries = Object.keys = broken',
]

/** What the thread's own code cannot do without: the run is stopped, and says so. */
const FATAL = ['globalThis.Map = globalThis.Set = globalThis.WeakMap = broken']

function spoiling(spoil: string, isTask: boolean): string {
  return verifierOf(`
    const broken = () => { throw new Error('this global is broken') }
    const spoil = () => { ${spoil} }
    ${isTask ? '' : 'spoil()'}
    export default (n) => {
      if (${isTask} && n === 3) spoil()
      return true
    }
  `)
}

describe.each(POOLS)('in %s', (pool) => {
  test.each(['a module', 'a task'])('%s that overwrites a global costs no task its verdict', async (where) => {
    for (const spoil of HARMLESS) {
      const run = testEngine({ pool, threads: 1 }).run<number>(spoiling(spoil, where === 'a task'), numbers(8))
      expect([spoil, tally(await collect(run))]).toEqual([spoil, { completed: 8 }])
    }
  })

  test('a task that overwrites a global leaves its line, and those after it, as they are', async () => {
    // Without push, no list of issues comes out of a thread at all.
    const spoils = HARMLESS.filter((spoil) => !spoil.startsWith('Array.prototype.push'))
    for (const spoil of [...spoils, 'JSON.stringify = JSON.parse = broken']) {
      const path = verifierOf(`
        import { flag } from '@fanfold/workers'
        const broken = () => { throw new Error('this global is broken') }
        export default ({ n }) => {
          if (n === 0) { ${spoil} }
          return flag([{ reason: 'odd', message: 'one' }], { list: [n, { x: null }], map: new Map([[1, 2n]]) })
        }
      `)
      const items = numbers(3).map((n) => ({ n }))
      const run = testEngine({ pool, threads: 1 }).run<{ n: number }>(path, items, { order: 'input' })
      const value = (n: number): string => `{"list":[${n},{"x":null}],"map":{"$map":[[1,{"$bigint":"2"}]]}}`
      const line = (n: number): string =>
        `{"index":${n},"status":"completed","verdict":"flag","reason":"odd",` +
        `"issues":[{"reason":"odd","message":"one"}],"value":${value(n)},"attempts":1,"record":{"n":${n}}}\n`
      const lines = await text(run.toNdjson({ timings: false }))
      expect([spoil, lines]).toEqual([spoil, line(0) + line(1) + line(2)])
    }
  })

  test('a loop without end is timed out although its module has replaced the atomic operations', async () => {
    const path = verifierOf(`
      Atomics.store = Atomics.load = Atomics.add = () => 0
      export default (n) => { while (n === 3); return true }
    `)
    const outcomes = await collect(testEngine({ pool, threads: 1 }).run<number>(path, numbers(8), { timeoutMs: 300 }))
    expect(unsuccessful(outcomes)).toMatchObject([{ index: 3, status: 'timedOut', attempts: 1 }])
    expect(tally(outcomes)).toEqual({ completed: 7, timedOut: 1 })
  })

  test('records are parsed although a module has replaced JSON.parse', async () => {
    const path = verifierOf(`
      JSON.parse = () => { throw new Error('this global is broken') }
      export default (item) => item.n < 3
    `)
    const source = ndjson(Readable.from([Buffer.from('{"n":1}\n{"n":2}\n{"n":3}\n')]))
    const report = await testEngine({ pool, threads: 1 }).run(path, source).report()
    expect(report).toMatchObject({ result: 'succeeded', verdicts: { pass: 2, fail: 1 } })
  })

  test('a module that takes away what its thread works with: the run is stopped, and tells every task', async () => {
    for (const spoil of FATAL) {
      const run = testEngine({ pool, threads: 1 }).run<number>(spoiling(spoil, false), numbers(8))
      const { result, failure, total, statuses } = await run.report()
      expect([spoil, result, total, statuses.completed]).toEqual([spoil, 'failed', 8, 0])
      expect(statuses.aborted + statuses.crashed).toBe(8)
      expect(failure).toMatchObject({ code: 'FANFOLD_THREAD_DIED' })
    }
  })

  test('a task that takes away what its thread works with costs itself, and no other', async () => {
    for (const spoil of FATAL) {
      const run = testEngine({ pool, threads: 1 }).run<number>(spoiling(spoil, true), numbers(8))
      const bad = unsuccessful(await collect(run)).map(({ index, status }) => [index, status])
      expect([[], [[3, 'crashed']]]).toContainEqual(bad)
    }
  })

  test('a recursion without end is errored, and costs no thread', async () => {
    const path = verifierOf(`
      const down = (n) => 1 + down(n + 1)
      export default (n) => (n % 5 === 3 ? down(0) > 0 : n % 5 === 4 ? Promise.resolve().then(() => down(0) > 0) : true)
    `)
    const run = testEngine({ pool, threads: 1 }).run<number>(path, numbers(20))
    const bad = unsuccessful(byIndex(await collect(run)))
    expect(bad.map(({ index }) => index)).toEqual([3, 4, 8, 9, 13, 14, 18, 19])
    for (const outcome of bad) expect(outcome).toMatchObject({ status: 'errored', error: { name: 'RangeError' } })
    expect((await run.report()).threadsReplaced).toBe(0)
  })

  test('a flood of console.log is all there, on stderr, each line whole and under its task', async () => {
    const path = verifierOf(
      `export default (n) => { for (let i = 0; i < 1000; i++) console.log('line ' + i); return true }`,
    )
    const script = `
      import { Engine } from '@fanfold/core'
      const engine = new Engine({ threads: 2, ...${JSON.stringify(poolOption(pool))} })
      const report = await engine.run(${JSON.stringify(path)}, Array.from({ length: 100 }, (_, i) => i)).report()
      await engine.close()
      console.log(report.result, report.total)
    `
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      cwd: import.meta.dirname,
      maxBuffer: 100_000_000,
      timeout: 60_000,
      killSignal: 'SIGKILL',
    })
    expect(stdout).toBe('succeeded 100\n')
    const lines = stderr.trimEnd().split('\n')
    expect(lines).toHaveLength(100_000)
    const torn = lines.filter((line) => !/^\[thread [12], task \d+\] line \d+$/.test(line))
    expect(torn).toEqual([])
  })

  test('what is printed is all there, and each line whole, for a slow reader', async () => {
    const path = verifierOf(
      `export default (n) => { for (let i = 0; i < 1000; i++) console.log('line ' + i); return true }`,
    )
    const script = `
      import { Engine } from '@fanfold/core'
      const engine = new Engine({ threads: 2, ...${JSON.stringify(poolOption(pool))} })
      const report = await engine.run(${JSON.stringify(path)}, Array.from({ length: 100 }, (_, i) => i)).report()
      console.log(report.result)
      await engine.close()
    `
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { cwd: import.meta.dirname })
    onTestFinished(() => void child.kill('SIGKILL'))
    // Its pipe is full all the time, at the end of the processes, too.
    let printed = ''
    for await (const chunk of child.stderr) {
      printed += String(chunk)
      await delay(10)
    }
    const lines = printed.trimEnd().split('\n')
    expect(lines).toHaveLength(100_000)
    expect(lines.filter((line) => !/^\[thread [12], task \d+\] line \d+$/.test(line))).toEqual([])
  })
})
