import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as macrotask } from 'node:timers/promises'
import { FanfoldError } from '@fanfold/core'
import type { SourceInput } from '@fanfold/core'
import { expect, test } from 'vitest'
import {
  collect,
  faults,
  lifecycle,
  progressWhere,
  runScript,
  staged,
  tasks,
  tempFolder,
  testEngine,
  untilWritten,
} from './fixtures.ts'

async function reportThenIterate(verifier: URL, source: SourceInput, code: string): Promise<void> {
  const run = testEngine().run(verifier, source)
  await expect(run.report()).rejects.toMatchObject({ code })
  await expect(collect(run)).rejects.toMatchObject({ code })
  await expect(run.report()).rejects.toMatchObject({ code })
}

test('whoever iterates a run that could not start at once gets the error, after its report too', async () => {
  await reportThenIterate(faults, { open: () => Promise.reject(unreadable()) }, 'FANFOLD_SOURCE_UNREADABLE')
})

test('whoever iterates a run whose source could not be opened gets the error, after its report too', async () => {
  const open = async (): Promise<never> => {
    await macrotask()
    await macrotask()
    throw unreadable()
  }
  await reportThenIterate(faults, { open }, 'FANFOLD_SOURCE_UNREADABLE')
})

test('whoever iterates a run whose verifier could not be loaded gets the error, after its report too', async () => {
  await reportThenIterate(new URL('./verifiers/nothing.ts', import.meta.url), [1], 'FANFOLD_VERIFIER_NOT_FOUND')
})

test('after a loop that was left, a second one is told so', async () => {
  const run = testEngine().run(faults, tasks(100))
  for await (const outcome of run) {
    expect(outcome.status).toBe('completed')
    break
  }
  expect(() => run[Symbol.asyncIterator]()).toThrow(
    expect.objectContaining({ code: 'FANFOLD_RUN_CONSUMED', message: expect.stringContaining('was left') as string }),
  )
})

test('a run whose first task takes long is running', async () => {
  const gate = join(tempFolder(), 'gate')
  const run = testEngine().run(staged, [1], { config: { log: join(tempFolder(), 'log'), gate } })
  expect(run.progress().state).toBe('starting')
  expect(await progressWhere(run, ({ running }) => running === 1)).toMatchObject({
    state: 'running',
    statuses: { completed: 0 },
    lanes: [{ index: 0 }],
  })
  writeFileSync(gate, '')
  expect((await run.report()).result).toBe('succeeded')
})

test('a thread that one verifier cannot use is no warning in the report of another', async () => {
  const folder = tempFolder()
  const log = join(folder, 'log')
  const engine = testEngine()
  const held = Promise.withResolvers<number>()
  const innocent = engine.run(staged, once(held.promise), { config: { log } })
  await untilWritten(log, { setup: 2 })
  const failing = engine.load<number>(lifecycle, {
    config: { log: join(folder, 'other'), claim: join(folder, 'claim'), failSetupOn: 'first' },
  })
  const report = failing.run([1, 2, 3]).report()
  await failing.ready
  held.resolve(1)
  expect((await report).warnings).toEqual([expect.stringContaining('no database here')])
  expect((await innocent.report()).warnings).toEqual([])
})

test('options that belong to load(), or are no numbers, are refused', () => {
  const engine = testEngine()
  const loaded = engine.load<object>(faults)
  const refused = (message: string): unknown =>
    expect.objectContaining({ code: 'FANFOLD_BAD_OPTION', message: expect.stringContaining(message) as string })
  for (const name of ['config', 'startTimeoutMs', 'teardownTimeoutMs']) {
    expect(() => loaded.run([], { [name]: 5 })).toThrow(
      refused(`run() has no option ${name}. It belongs to engine.load().`),
    )
    expect(() => engine.run(faults, [], { [name]: 5 })).not.toThrow()
  }
  expect(() => loaded.run([], { timeoutMs: '500' as never })).toThrow(refused("timeoutMs is '500'"))
  expect(() => engine.run(faults, [], { timeoutMs: '500' as never })).toThrow(refused("timeoutMs is '500'"))
  expect(() => engine.load(faults, { startTimeoutMs: '500' as never })).toThrow(refused("startTimeoutMs is '500'"))
})

async function* once<Item>(item: Promise<Item>): AsyncGenerator<Item> {
  yield await item
}

function unreadable(): Error {
  return new FanfoldError('FANFOLD_SOURCE_UNREADABLE', 'there is no such file')
}

test('a run without a journal loads none of its modules, nor crypto: they take longer than a small batch', async () => {
  const loaded = await runScript(`
    import { registerHooks } from 'node:module'
    import { pathToFileURL } from 'node:url'
    const urls = []
    registerHooks({ load: (url, context, next) => (urls.push(url), next(url, context)) })
    const { verify } = await import('@fanfold/core')
    const verifier = new URL('./verifiers/faults.ts', pathToFileURL(process.cwd() + '/'))
    const { report } = await verify(verifier, [{ do: 'pass' }])
    console.log(JSON.stringify([report.total, ...urls]))
  `)
  const [total, ...urls] = JSON.parse(loaded) as [number, ...string[]]
  expect(total).toBe(1)
  expect(urls.some((url) => url.endsWith('/engine/open-run.js'))).toBe(true)
  expect(urls.filter((url) => /node:(crypto|zlib)|\/journal\/journal/.test(url))).toEqual([])
})

test('what threads are told to load is no ES module: ended within the require of one, a thread takes the process down', async () => {
  const loaded = await runScript(`
    import { createRequire, registerHooks } from 'node:module'
    import { fileURLToPath } from 'node:url'
    import { threadEntry } from '@fanfold/workers/protocol'
    const urls = []
    registerHooks({ load: (url, context, next) => (urls.push(url), next(url, context)) })
    const entry = createRequire(import.meta.url)(fileURLToPath(threadEntry))
    console.log(JSON.stringify([typeof entry, ...urls.map((url) => url.split('/').pop())]))
  `)
  expect(JSON.parse(loaded)).toEqual(['function', 'pool-entry.cjs'])
})
