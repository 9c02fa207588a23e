import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { collect, tempFolder } from '../engine/fixtures.ts'
import { POOLS, numbers, testEngine, unsuccessful, verifierOf } from './pools.ts'

/** Task 5 does not end in time, and some time after that does harm, under whoever runs then. */
const HARMFUL_LATER = `
  import { appendFileSync } from 'node:fs'
  import { setTimeout as delay } from 'node:timers/promises'
  const harm = {
    spin() { for (;;); },
    throw() { throw new Error('too late') },
    exit() { process.exit(7) },
    throwFromTimer() { setImmediate(() => { throw new Error('out of nowhere') }) },
    reject() { void Promise.reject(new Error('nobody listens')) },
  }
  export default async (n, { config }) => {
    await delay(n < 5 ? 5 : n > 5 ? 20 : config.timeoutMs * 2)
    appendFileSync(config.log, n === 5 ? 'harm\\n' : 'task\\n')
    return n === 5 ? harm[config.harm]() : true
  }
`

describe.each(POOLS)('in %s', (pool) => {
  test.each(['spin', 'throw', 'exit', 'throwFromTimer', 'reject'])(
    'a timed-out task that goes on, and comes to %s, costs no other task its verdict',
    async (harm) => {
      const log = join(tempFolder(), 'log')
      const timeoutMs = 150
      const run = testEngine({ pool, threads: 1 }).run<number>(verifierOf(HARMFUL_LATER), numbers(45), {
        config: { harm, timeoutMs, log },
        timeoutMs,
        concurrency: 2,
      })
      const outcomes = await collect(run)
      expect(unsuccessful(outcomes)).toMatchObject([{ index: 5, status: 'timedOut', attempts: 1 }])
      expect(outcomes).toHaveLength(45)
      const lines = readFileSync(log, 'utf8').split('\n')
      // It did come while others ran.
      expect(lines.lastIndexOf('task')).toBeGreaterThan(lines.indexOf('harm'))
      expect(lines).toContain('harm')
    },
  )
})
