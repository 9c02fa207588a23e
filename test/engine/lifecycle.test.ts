import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Engine } from '@fanfold/core'
import { expect, test } from 'vitest'
import { collect, counted, faults, lifecycle, runScript, tasks, tempFolder, testEngine } from './fixtures.ts'

test('setup runs once per thread before its first task, and teardown once at the end', async () => {
  const log = join(tempFolder(), 'log')
  const engine = testEngine()
  const loaded = engine.load<number>(lifecycle, { config: { log } })
  await loaded.ready
  expect(counted(log)).toMatchObject({ setup: 2 })
  for (let i = 0; i < 3; i++) expect((await loaded.run([1, 2, 3]).report()).result).toBe('succeeded')
  await loaded.close()
  expect(counted(log)).toEqual({ setup: 2, verify: 9, teardown: 2 })
})

test('closing the engine tears down what is loaded', async () => {
  const log = join(tempFolder(), 'log')
  const engine = new Engine({ threads: 2 })
  await engine.load(lifecycle, { config: { log, failTeardown: true } }).ready
  expect((await engine.close()).warnings).toEqual(
    Array.from({ length: 2 }, () => expect.stringContaining('cannot close') as string),
  )
  expect(counted(log)).toEqual({ setup: 2, teardown: 2 })
})

test('a setup that fails on every thread rejects `ready`, and a run cannot start', async () => {
  const log = join(tempFolder(), 'log')
  const loaded = testEngine().load<number>(lifecycle, { config: { log, failSetupOn: 'all' } })
  await expect(loaded.ready).rejects.toMatchObject({
    code: 'FANFOLD_SETUP_FAILED',
    cause: { message: 'no database here' },
  })
  const run = loaded.run([1, 2, 3])
  await expect(collect(run)).rejects.toMatchObject({ code: 'FANFOLD_SETUP_FAILED' })
  await expect(run.report()).rejects.toMatchObject({ code: 'FANFOLD_SETUP_FAILED' })
})

test('a setup that fails on one thread is a warning, and the other does the work', async () => {
  const folder = tempFolder()
  const loaded = testEngine().load<number>(lifecycle, {
    config: { log: join(folder, 'log'), claim: join(folder, 'claim'), failSetupOn: 'first' },
  })
  await loaded.ready
  const report = await loaded.run([1, 2, 3]).report()
  expect(report).toMatchObject({ result: 'succeeded', total: 3 })
  expect(report.warnings).toEqual([expect.stringContaining('no database here')])
})

test.each([
  ['a missing module', undefined, 'FANFOLD_VERIFIER_NOT_FOUND', 'there is no verifier module'],
  ['a syntax error', 'export default (x) => {\n  if (\n', 'FANFOLD_VERIFIER_LOAD_FAILED', 'v.ts:2'],
  ['no default export', 'export const verify = () => true', 'FANFOLD_VERIFIER_NO_EXPORT', 'export default'],
  ['a throw at the top', 'throw new Error("top of it")', 'FANFOLD_VERIFIER_LOAD_FAILED', 'top of it'],
  ['an enum', 'enum A { B }\nexport default () => A.B', 'FANFOLD_VERIFIER_TYPESCRIPT', 'Enums'],
  [
    'an import that does not exist',
    'import "./nothing.ts"\nexport default () => true',
    'FANFOLD_VERIFIER_LOAD_FAILED',
    'nothing.ts',
  ],
  [
    'an import of @fanfold/workers where it is not installed',
    'export { pass as default } from "@fanfold/workers"',
    'FANFOLD_VERIFIER_LOAD_FAILED',
    'Install @fanfold/workers beside the verifier',
  ],
  ['an exit while it loads', 'process.exit(3)', 'FANFOLD_VERIFIER_LOAD_FAILED', 'code 3'],
  [
    'a top level await that never ends',
    'await new Promise(() => {})\nexport default () => true',
    'FANFOLD_START_TIMED_OUT',
    '300 ms',
  ],
  ['a loop while it loads', 'for (;;);', 'FANFOLD_START_TIMED_OUT', '300 ms'],
  [
    'a setup that never ends',
    'export default { setup: () => new Promise(() => {}), verify: () => true }',
    'FANFOLD_START_TIMED_OUT',
    '300 ms',
  ],
])('%s: the run cannot start, and the error says why', async (_, text, code, says) => {
  const path = join(tempFolder(), 'v.ts')
  if (text !== undefined) writeFileSync(path, text)
  const run = testEngine().run(path, [1], { startTimeoutMs: 300 })
  await expect(run.report()).rejects.toMatchObject({ code, message: expect.stringContaining(says) as string })
})

test('closing during a run cancels it, and closing twice is closing once', async () => {
  const engine = new Engine({ threads: 2 })
  const run = engine.run(faults, tasks(100, { 10: { do: 'spin' } }), { timeoutMs: Infinity })
  const report = run.report()
  const iterated = collect(
    engine.run(
      faults,
      Array.from({ length: 500 }, () => ({ do: 'busy', n: 5 })),
    ),
  )
  await new Promise((resolve) => setTimeout(resolve, 100))
  const [first, second] = await Promise.all([engine.close(), engine.close()])
  expect(first).toBe(second)
  expect(await report).toMatchObject({ result: 'aborted' })
  await iterated
  expect(() => engine.load(faults)).toThrow(expect.objectContaining({ code: 'FANFOLD_ENGINE_CLOSED' }))
})

test('closing while a verifier is still loading waits for nobody, and tells who waits for it', async () => {
  const path = join(tempFolder(), 'v.ts')
  writeFileSync(path, 'export default { setup: () => new Promise(() => {}), verify: () => true }')
  const engine = new Engine({ threads: 2 })
  const loaded = engine.load(path)
  const report = engine.run(path, [1]).report()
  await engine.close()
  await expect(loaded.ready).rejects.toMatchObject({ code: 'FANFOLD_ENGINE_CLOSED' })
  expect(await report).toMatchObject({ result: 'aborted' })
  await loaded.close()
})

test('an idle engine does not keep the process alive, and a running one does', async () => {
  const script = `
    import { Engine } from '@fanfold/core'
    const engine = new Engine({ threads: 2 })
    const loaded = engine.load(${JSON.stringify(faults.href)})
    await loaded.ready
    void loaded.run(Array.from({ length: 50 }, () => ({ do: 'busy', n: 4 }))).report().then((r) => console.log(r.result, r.total))
  `
  expect(await runScript(script)).toBe('succeeded 50\n')
})

test('100 engines, opened, used and closed, leave no handle behind', async () => {
  const script = `
    import { Engine } from '@fanfold/core'
    // The threads' own streams are piped through these; they are the process's, and stay.
    const streams = [process.stdout, process.stderr]
    const before = process.getActiveResourcesInfo().length
    for (let i = 0; i < 100; i++) {
      const engine = new Engine({ threads: 2 })
      const { result } = await engine.run(${JSON.stringify(faults.href)}, [{ do: 'pass' }]).report()
      if (result !== 'succeeded') throw new Error(result)
      await engine.close()
    }
    console.log(process.getActiveResourcesInfo().length - before, streams.length)
  `
  expect(await runScript(script)).toBe('0 2\n')
})

test("a verifier's console goes to stderr with thread and task, and never to stdout", async () => {
  const script = `
    import { Engine } from '@fanfold/core'
    const engine = new Engine({ threads: 1 })
    await engine.run(${JSON.stringify(faults.href)}, [{ do: 'log', n: 5 }, { do: 'pass' }]).report()
    await engine.close()
  `
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    cwd: import.meta.dirname,
  })
  expect(stdout).toBe('')
  expect(stderr).toBe('[thread 1, task 0] two\n[thread 1, task 0] lines of 5\n')
})
