import { execFileSync, spawn } from 'node:child_process'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { createSecretKey, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { Engine } from '@fanfold/core'
import type { Run } from '@fanfold/core'
import { expect, onTestFinished, test, vi } from 'vitest'
import { byIndex, collect, counted, faults, progressWhere, runScript, tasks, tempFolder } from '../engine/fixtures.ts'
import { engineOn, newLog } from './pools.ts'

const native = new URL('./verifiers/native.ts', import.meta.url)

/** The processes in which the verifier was set up. */
function pidsIn(log: string): number[] {
  return [...readFileSync(log, 'utf8').matchAll(/^pid (\d+)$/gm)].map(([, pid]) => Number(pid))
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function untilGone(pids: readonly number[]): Promise<void> {
  await expect.poll(() => pids.filter(isAlive), { timeout: 20_000 }).toEqual([])
}

test.each(['SIGSEGV', 'SIGABRT', 'SIGKILL'] as const)(
  'a task that ends its process by %s is crashed, exactly it, and named',
  async (signal) => {
    const run = engineOn('processes').run(native, tasks(5000, { 3210: { signal } }))
    const outcomes = byIndex(await collect(run))
    expect(outcomes.map(({ index }) => index)).toEqual(outcomes.map((_, i) => i))
    expect(outcomes).toHaveLength(5000)
    expect(outcomes.filter(({ status }) => status !== 'completed')).toMatchObject([
      {
        index: 3210,
        status: 'crashed',
        attempts: 2,
        error: {
          code: 'FANFOLD_TASK_CRASHED',
          cause: { message: expect.stringContaining(`ended by ${signal}`) as string },
        },
      },
    ])
  },
)

test('after a first one, a task that ends its process is known at once', async () => {
  const engine = engineOn('processes', { threads: 1 })
  const loaded = engine.load<object>(native)
  const first = await loaded.run(tasks(1000, { 900: { signal: 'SIGSEGV' } })).report()
  const second = await loaded.run(tasks(1000, { 500: { signal: 'SIGSEGV' } })).report()
  // Tried in ever smaller pieces until it is alone, and then by name.
  expect([first.statuses.crashed, second.statuses.crashed]).toEqual([1, 1])
  expect(first.threadsReplaced).toBeGreaterThan(3)
  expect(second.threadsReplaced).toBe(3)
})

test('a verifier that ends its process while it is loaded is told by name', async () => {
  const path = join(tempFolder(), 'ending.mjs')
  writeFileSync(path, "process.kill(process.pid, 'SIGSEGV'); for (;;);")
  const engine = engineOn('processes', { threads: 1 })
  await expect(engine.load(path).ready).rejects.toMatchObject({
    code: 'FANFOLD_VERIFIER_LOAD_FAILED',
    message: `${path} ended its thread while it was loaded and set up: the process was ended by SIGSEGV`,
  })
  expect(await engine.run(faults, tasks(10)).report()).toMatchObject({ result: 'succeeded' })
})

test('async neighbours of a task that ends its process keep their verdicts', async () => {
  const waiting = Array.from({ length: 24 }, (_, i) => ({ waitMs: 20, ...(i === 13 ? { signal: 'SIGSEGV' } : {}) }))
  const loaded = engineOn('processes').load<object>(native)
  for (const _ of ['untraced', 'traced']) {
    const outcomes = byIndex(await collect(loaded.run(waiting, { concurrency: 8 })))
    expect(outcomes.filter(({ status }) => status !== 'completed')).toMatchObject([{ index: 13, status: 'crashed' }])
    expect(outcomes).toHaveLength(24)
  }
})

test.runIf(process.platform === 'linux')('a task that is stuck in native code is ended with its process', async () => {
  const pipe = join(tempFolder(), 'pipe')
  execFileSync('mkfifo', [pipe])
  const engine = engineOn('processes')
  const run = engine.run(faults, tasks(20, { 4: { do: 'nativeUntil', path: pipe } }), { timeoutMs: 200 })
  const outcomes = byIndex(await collect(run))
  expect(outcomes.filter(({ status }) => status !== 'completed')).toMatchObject([{ index: 4, status: 'timedOut' }])
  expect((await run.report()).stuckThreads).toEqual([])
  expect(await engine.close()).toEqual({ stuckThreads: [], warnings: [] })
})

test.runIf(process.platform === 'linux')('closing the engine ends a process that is stuck in native code', async () => {
  const pipe = join(tempFolder(), 'pipe')
  execFileSync('mkfifo', [pipe])
  const engine = new Engine({ threads: 1, pool: 'processes' })
  const run = engine.run(faults, [{ do: 'nativeUntil', path: pipe }])
  await progressWhere(run, ({ running }) => running === 1)
  expect((await engine.close()).stuckThreads).toEqual([])
  expect((await run.report()).result).toBe('aborted')
})

test('a process that was stopped, and is not continued, is replaced', async () => {
  const { run, pid } = await stopped(500)
  expect(await run.report()).toMatchObject({ result: 'succeeded', total: 8, threadsReplaced: 1 })
  expect(isAlive(pid)).toBe(false)
})

test.runIf(process.platform === 'linux')('a process that was stopped, and is soon continued, goes on', async () => {
  const { run, pid } = await stopped(10_000)
  await expect.poll(() => readFileSync(`/proc/${pid}/stat`, 'utf8')).toContain(') T ')
  process.kill(pid, 'SIGCONT')
  expect(await run.report()).toMatchObject({ result: 'succeeded', total: 8, threadsReplaced: 0 })
})

test('closing the engine ends a process that was stopped while it was idle', async () => {
  const log = newLog()
  const engine = new Engine({ threads: 1, pool: 'processes' })
  await engine.load(native, { config: { log }, teardownTimeoutMs: 100 }).ready
  const [pid = 0] = pidsIn(log)
  process.kill(pid, 'SIGSTOP')
  const { stuckThreads, warnings } = await engine.close()
  expect({ stuckThreads, warnings }).toEqual({ stuckThreads: [], warnings: [expect.stringContaining('teardown')] })
  expect(isAlive(pid)).toBe(false)
})

test('closing the engine ends a process that was stopped at work', async () => {
  const { run, pid, engine } = await stopped(10_000)
  expect((await engine.close()).stuckThreads).toEqual([])
  expect(isAlive(pid)).toBe(false)
  expect(await run.report()).toMatchObject({ result: 'aborted', total: 8 })
})

interface Stopped {
  readonly engine: Engine
  readonly run: Run
  readonly pid: number
}

/** A run whose only process was stopped while it had a shard. */
async function stopped(timeoutMs: number): Promise<Stopped> {
  const log = newLog()
  const engine = engineOn('processes', { threads: 1 })
  const loaded = engine.load<object>(native, { config: { log } })
  await loaded.ready
  const run = loaded.run(
    Array.from({ length: 8 }, () => ({ waitMs: 50 })),
    { timeoutMs, concurrency: 1 },
  )
  const [pid = 0] = pidsIn(log)
  await progressWhere(run, ({ running }) => running === 1)
  process.kill(pid, 'SIGSTOP')
  return { engine, run, pid }
}

test('what a process cannot be given is refused, and never arrives as something else', async () => {
  const engine = engineOn('processes')
  const values = [createSecretKey(randomBytes(16)), new Blob(['x']), new SharedArrayBuffer(8), new URL('http://a')]
  const items = values.map((value) => ({ do: 'pass', value }))
  const outcomes = byIndex(await collect(engine.run(faults, [...items, { do: 'pass' }])))
  expect(outcomes).toMatchObject([
    ...values.map(() => ({ status: 'errored', attempts: 0, error: { code: 'FANFOLD_NOT_CLONEABLE' } })),
    { status: 'completed' },
  ])
  for (const value of values)
    expect(() => engine.load(faults, { config: { value } })).toThrow(
      expect.objectContaining({ code: 'FANFOLD_NOT_CLONEABLE' }),
    )
})

test('closing the engine leaves no process and no file', async () => {
  const log = newLog()
  const temporary = tempFolder()
  vi.stubEnv('TMPDIR', temporary)
  onTestFinished(() => void vi.unstubAllEnvs())
  const engine = new Engine({ threads: 2, pool: 'processes' })
  await engine.run(native, tasks(100, { 7: { signal: 'SIGSEGV' } }), { config: { log } }).report()
  await engine.close()
  expect(pidsIn(log).filter(isAlive)).toEqual([])
  expect(readdirSync(temporary)).toEqual([])
})

test('what a verifier prints goes to stderr, with its thread and task, natively too', async () => {
  const script = `
    import { Engine } from '@fanfold/core'
    const engine = new Engine({ threads: 1, pool: 'processes' })
    await engine.run(${JSON.stringify(faults.href)}, [{ do: 'log', n: 5 }]).report()
    await engine.run(${JSON.stringify(native.href)}, [{ printed: 'from C\\n' }]).report()
    await engine.close()
  `
  const { stdout, stderr } = await printed(script)
  expect(stdout).toBe('')
  expect(stderr).toBe('[thread 1, task 0] two\n[thread 1, task 0] lines of 5\nfrom C\n')
})

test('an idle engine lets its application exit, and leaves no process', async () => {
  const log = newLog()
  const script = `
    import { Engine } from '@fanfold/core'
    const loaded = new Engine({ threads: 2, pool: 'processes' }).load(${JSON.stringify(native.href)}, {
      config: { log: ${JSON.stringify(log)} },
    })
    console.log((await loaded.run([null, null]).report()).result)
  `
  expect(await runScript(script)).toBe('succeeded\n')
  const pids = pidsIn(log)
  expect(pids).toHaveLength(2)
  await untilGone(pids)
})

test.each(['spin', 'native', 'never'])('a process whose task does not end (%s) dies with its parent', async (kind) => {
  const log = newLog()
  const script = `
    import { Engine } from '@fanfold/core'
    const engine = new Engine({ threads: 2, pool: 'processes' })
    await engine.load(${JSON.stringify(native.href)}, { config: { log: ${JSON.stringify(log)} } }).ready
    const run = engine.run(${JSON.stringify(faults.href)}, [0, 1].map(() => ({ do: '${kind}', n: 600 })))
    for await (const { running } of run.watch({ everyMs: 5 })) if (running === 2) break
    console.log('running')
  `
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void parent.kill('SIGKILL'))
  for await (const line of createInterface(parent.stdout)) if (line === 'running') break
  const pids = pidsIn(log)
  expect(pids.filter(isAlive)).toHaveLength(2)
  parent.kill('SIGKILL')
  await untilGone(pids)
})

test('the signals that a terminal sends to all are left to the parent', async () => {
  const log = newLog()
  const engine = engineOn('processes')
  const loaded = engine.load<object>(native, { config: { log } })
  await loaded.ready
  for (const pid of pidsIn(log))
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(pid, signal)
  const report = await loaded.run(Array.from({ length: 20 }, () => ({ waitMs: 10 }))).report()
  expect(report).toMatchObject({ result: 'succeeded', threadsReplaced: 0 })
  expect(counted(log)).toEqual({ pid: 2 })
})

test('a pool that does not exist is refused', () => {
  expect(() => new Engine({ pool: 'fibers' as never })).toThrow(
    expect.objectContaining({ code: 'FANFOLD_BAD_OPTION', message: "pool is 'fibers': use 'threads' or 'processes'." }),
  )
})

/** What a program prints, in a process of its own. */
async function printed(script: string): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { cwd: import.meta.dirname })
  const texts = [child.stdout, child.stderr].map(async (stream) => {
    let text = ''
    for await (const chunk of stream) text += String(chunk)
    return text
  })
  const [stdout, stderr] = await Promise.all(texts)
  return { stdout: stdout!, stderr: stderr! }
}
