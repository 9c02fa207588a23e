import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Engine } from '@fanfold/core'
import type { Run } from '@fanfold/core'
import { expect, test } from 'vitest'
import { counted, faults, progressWhere, runScript, staged, tempFolder, testEngine, untilWritten } from './fixtures.ts'

test('closing the engine lets the teardowns of a verifier that is being closed come to their end', async () => {
  const log = join(tempFolder(), 'log')
  const engine = testEngine()
  const loaded = engine.load(staged, { config: { log, teardownMs: 100 } })
  await loaded.ready
  const closing = loaded.close()
  await untilWritten(log, { teardown: 2 })
  expect(await engine.close()).toEqual({ stuckThreads: [], warnings: [] })
  expect(counted(log)).toEqual({ setup: 2, teardown: 2, 'torn-down': 2 })
  await closing
})

test('closing the engine lets the teardowns of a run that has ended come to their end', async () => {
  const log = join(tempFolder(), 'log')
  const engine = testEngine()
  const report = engine.run(staged, [1, 2, 3], { config: { log, teardownMs: 100 } }).report()
  await expect.poll(() => counted(log)['teardown'] ?? 0, { timeout: 30_000 }).toBeGreaterThan(0)
  await engine.close()
  const { teardown, 'torn-down': tornDown } = counted(log)
  expect(tornDown).toBe(teardown)
  expect(await report).toMatchObject({ result: 'succeeded', warnings: [] })
})

test('a setup that ends after its time is over is torn down', async () => {
  const log = join(tempFolder(), 'log')
  const loaded = testEngine().load(staged, { config: { log, setupMs: 400 }, startTimeoutMs: 100 })
  await expect(loaded.ready).rejects.toMatchObject({ code: 'FANFOLD_START_TIMED_OUT' })
  expect(counted(log)).toEqual({})
  await untilWritten(log, { setup: 2, teardown: 2, 'torn-down': 2 })
})

test('closing a verifier after its engine is nothing to wait for, for the process neither', async () => {
  const script = `
    import { Engine } from '@fanfold/core'
    const engine = new Engine({ threads: 2 })
    const loaded = engine.load(${JSON.stringify(faults.href)})
    await loaded.ready
    await engine.close()
    const closedAt = performance.now()
    await loaded.close()
    console.log('closed')
    process.on('exit', () => console.log(performance.now() - closedAt < 2000 ? 'at once' : 'late'))
  `
  expect(await runScript(script)).toBe('closed\nat once\n')
})

test('a report does not wait for a thread that is busy with the long task of another run', async () => {
  const folder = tempFolder()
  const [log, gate] = [join(folder, 'log'), join(folder, 'gate')]
  const engine = testEngine()
  const long = engine.load<object>(faults)
  await long.ready
  const short = engine.run(staged, [1], { config: { log, gate } })
  await untilWritten(log, { setup: 2 })
  await progressWhere(short, ({ running }) => running === 1)
  const longRun = long.run([{ do: 'block', n: 20_000 }])
  await progressWhere(longRun, ({ running }) => running === 1)
  writeFileSync(gate, '')
  const report = short.report().then(({ result }) => `short ${result}`)
  expect(await Promise.race([report, longRun.report().then(() => 'long')])).toBe('short succeeded')
  longRun.cancel()
})

test('cancelling a run, or closing the engine, does not wait for a source that never opens', async () => {
  const engine = new Engine({ threads: 1 })
  const [cancelled, closed] = [neverOpens(engine), neverOpens(engine)]
  cancelled.cancel('enough')
  expect(await cancelled.report()).toMatchObject({ result: 'aborted', total: 0, failure: { cause: 'enough' } })
  await engine.close()
  expect(await closed.report()).toMatchObject({ result: 'aborted', failure: { code: 'FANFOLD_ENGINE_CLOSED' } })
})

test('a source that opens after its run was cancelled is closed', async () => {
  const opening = Promise.withResolvers<never>()
  const closing = Promise.withResolvers<string>()
  const run = testEngine({ threads: 1 }).run(faults, { open: () => opening.promise })
  run.cancel()
  await run.report()
  opening.resolve({ next: () => undefined, close: () => closing.resolve('closed') } as never)
  expect(await closing.promise).toBe('closed')
})

function neverOpens(engine: Engine): Run {
  return engine.run(faults, { open: () => new Promise<never>(() => {}) })
}
