import { spawn } from 'node:child_process'
import { expect, onTestFinished, test } from 'vitest'
import { POOLS, poolOption, verifierOf } from './pools.ts'

/** Ways to fill a heap; what V8 does at the limit differs with what is allocated, and where. */
const FILLS: Readonly<Record<string, string>> = {
  objects: 'for (;;) kept.push(Array.from({ length: 1000 }, (_, i) => ({ i })))',
  'large arrays': 'for (;;) kept.push(Array.from({ length: 100_000 }, (_, i) => ({ i })))',
  strings: "for (let i = 0; ; i++) kept.push('x'.repeat(1000) + i + JSON.stringify({ i }))",
  'parsed records': `for (;;) kept.push(JSON.parse('[' + '{"a":1,"b":[1,2,3]},'.repeat(999) + '1]'))`,
}

/** Where it goes wrong the whole process is aborted, and not only a thread: so in a process of its own. */
async function ended(script: string): Promise<{ readonly signal: string | null; readonly printed: string }> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const signal = new Promise<string | null>((resolve) => child.once('exit', (_, name) => resolve(name)))
  let printed = ''
  for await (const chunk of child.stdout) printed += String(chunk)
  return { signal: await signal, printed }
}

test.for(POOLS.flatMap((pool) => Object.keys(FILLS).map((fill) => [pool, fill] as const)))(
  'in %s, a heap of 128 MB that runs full of %s, at once or after an await, costs its own task only',
  async ([pool, fill]) => {
    const path = verifierOf(`
      const fill = () => {
        const kept = []
        ${FILLS[fill]!}
      }
      export default (n) => (n === 7 ? fill() : n === 27 ? Promise.resolve().then(fill) : true)
    `)
    const script = `
      import { Engine } from '@fanfold/core'
      const engine = new Engine({ threads: 2, threadMemoryMb: 128, ...${JSON.stringify(poolOption(pool))} })
      const run = engine.run(${JSON.stringify(path)}, Array.from({ length: 40 }, (_, n) => n))
      const bad = []
      for await (const { index, status, error } of run) if (status !== 'completed') bad.push([index, status, error.cause.code])
      await engine.close()
      console.log(JSON.stringify(bad.sort(([a], [b]) => a - b)))
    `
    const crashed = ['crashed', 'ERR_WORKER_OUT_OF_MEMORY']
    expect(await ended(script)).toEqual({
      signal: null,
      printed: `${JSON.stringify([
        [7, ...crashed],
        [27, ...crashed],
      ])}\n`,
    })
  },
)
