import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { faults, runScript, tempFolder } from './fixtures.ts'

test.runIf(process.platform === 'linux')(
  'threads do not pile up on a lane where some get stuck and others have to be ended',
  async () => {
    const folder = tempFolder()
    const pipes = [join(folder, 'first'), join(folder, 'second')]
    execFileSync('mkfifo', pipes)
    const spins = Array.from({ length: 5 }, () => ({ do: 'spin' }))
    const items = pipes.flatMap((path) => [{ do: 'nativeUntil', path }, ...spins])
    const script = `
      import { readdirSync, writeFileSync } from 'node:fs'
      import { setTimeout as delay } from 'node:timers/promises'
      import { Engine } from '@fanfold/core'
      const threads = () => readdirSync('/proc/self/task').length
      // What has ended is gone a moment later.
      const settlesAt = async (most) => {
        for (let i = 0; i < 100 && threads() > most; i++) await delay(20)
        return threads() <= most ? 'as expected' : threads() + ' instead of ' + most
      }
      const engine = new Engine({ threads: 1 })
      const loaded = engine.load(${JSON.stringify(faults.href)})
      await loaded.run([{ do: 'pass' }]).report()
      const before = threads()
      const report = await loaded.run(${JSON.stringify(items)}, { timeoutMs: 100 }).report()
      console.log(report.statuses.timedOut, report.stuckThreads.length)
      console.log(await settlesAt(before + 2))
      for (const pipe of ${JSON.stringify(pipes)}) writeFileSync(pipe, '')
      console.log(await settlesAt(before + 1), (await loaded.run([{ do: 'pass' }]).report()).result)
      console.log(await engine.close().then(({ stuckThreads }) => stuckThreads.length))
    `
    expect(await runScript(script)).toBe('12 2\nas expected\nas expected succeeded\n0\n')
  },
)
