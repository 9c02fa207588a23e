import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { tempFolder } from '../engine/fixtures.ts'
import { POOLS, numbers, testEngine, verifierOf } from './pools.ts'

/** Cannot be started any more once there is such a file: neither a thread nor a process. */
const preload = (flag: string): string => `
  import { existsSync } from 'node:fs'
  import { isMainThread } from 'node:worker_threads'
  if ((!isMainThread || process.send !== undefined) && existsSync(${JSON.stringify(flag)})) throw new Error('no room for a thread')
`

/** What a program prints as JSON, in a process of its own that is ended if it hangs. */
async function printed(args: readonly string[]): Promise<unknown> {
  const child = spawn(process.execPath, args, { cwd: import.meta.dirname, stdio: ['ignore', 'pipe', 'ignore'] })
  const timer = setTimeout(() => child.kill('SIGKILL'), 30_000)
  onTestFinished(() => {
    clearTimeout(timer)
    child.kill('SIGKILL')
  })
  let text = ''
  for await (const chunk of child.stdout) text += String(chunk)
  return text === '' ? 'it printed nothing' : JSON.parse(text)
}

describe('the circuit breaker', () => {
  test.each([
    ['a setImmediate that throws', `setImmediate(() => { throw new Error('behind the back') })`, 'behind the back'],
    ['a timer that exits', 'setTimeout(() => process.exit(3), 1)', 'exited with code 3'],
  ])(
    'a run each of whose tasks leaves behind %s is stopped, says why, and every task is accounted for',
    async (_, left, says) => {
      // Each has its verdict by then: it is nobody's fault, again and again.
      const path = verifierOf(`
      export default () => {
        ${left}
        for (const end = performance.now() + 0.2; performance.now() < end; );
        return true
      }
    `)
      const engine = testEngine({ pool: 'threads', threads: 2 })
      const run = engine.run<number>(path, numbers(20_000))
      const delivered = new Set<number>()
      const iterated = (async () => {
        for await (const { index } of run) delivered.add(index)
      })()
      await expect(iterated).rejects.toMatchObject({ code: 'FANFOLD_THREAD_DIED' })
      const report = await run.report()
      expect(report).toMatchObject({
        result: 'failed',
        total: 20_000,
        failure: { code: 'FANFOLD_THREAD_DIED', message: expect.stringContaining(says) as string },
      })
      const { completed, errored, timedOut, crashed, aborted } = report.statuses
      expect(completed + errored + timedOut + crashed + aborted).toBe(20_000)
      expect(aborted).toBeGreaterThan(0)
      expect(delivered.size).toBeGreaterThanOrEqual(completed + crashed)
      // The engine is none the worse for it.
      const after = await engine.run<number>(verifierOf('export default () => true'), numbers(100)).report()
      expect(after).toMatchObject({ result: 'succeeded', total: 100 })
    },
  )

  test.for(POOLS)(
    'a run whose threads cannot be replaced is failed, says why, and every task is accounted for (%s)',
    async (pool) => {
      const folder = tempFolder()
      const [flag, preloaded] = [join(folder, 'flag'), join(folder, 'preload.mjs')]
      writeFileSync(preloaded, preload(flag))
      const path = verifierOf(`
      import { writeFileSync } from 'node:fs'
      export default (n) => {
        if (n !== 5) return true
        writeFileSync(${JSON.stringify(flag)}, '')
        process.exit(3)
      }
    `)
      const script = `
      import { Engine } from ${JSON.stringify(import.meta.resolve('@fanfold/core'))}
      const engine = new Engine({ threads: 2, pool: ${JSON.stringify(pool)} })
      const loaded = engine.load(${JSON.stringify(path)})
      await loaded.ready
      const run = loaded.run(Array.from({ length: 1000 }, (_, n) => n))
      const thrown = await (async () => { for await (const _ of run); })().catch((error) => error.code)
      const { result, total, statuses, failure } = await run.report()
      await engine.close()
      console.log(JSON.stringify({ thrown, result, total, statuses, failure: failure?.code, message: failure?.message }))
    `
      const program = join(folder, 'program.mjs')
      writeFileSync(program, script)
      expect(await printed(['--import', preloaded, program])).toMatchObject({
        thrown: 'FANFOLD_THREAD_DIED',
        result: 'failed',
        total: 1000,
        failure: 'FANFOLD_THREAD_DIED',
      })
    },
  )
})
