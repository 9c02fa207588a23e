import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Outcome } from '@fanfold/core'
import { expect, test } from 'vitest'
import { verifierOf } from '../faults/pools.ts'
import { byIndex, tempFolder, testEngine } from './fixtures.ts'

test('where what waits behind a busy thread cannot be sent, a stop still finds what that thread has started', async () => {
  const folder = tempFolder()
  const [isRunning, mayEnd] = [join(folder, 'is running'), join(folder, 'may end')]
  const path = verifierOf(`
    import { existsSync, writeFileSync } from 'node:fs'
    export default ({ holds }, { config: { isRunning, mayEnd } }) => {
      if (!holds) return true
      writeFileSync(isRunning, '')
      while (!existsSync(mayEnd));
      return true
    }
  `)
  async function* shards(): AsyncGenerator<{ readonly holds?: boolean; readonly call?: () => void }> {
    yield* [{}, {}, {}, {}] // what they cost shows that a shard may wait behind the next one
    yield* [{}, { holds: true }, {}, {}]
    await expect.poll(() => existsSync(isRunning), { timeout: 30_000 }).toBe(true)
    yield* [{}, { call: () => {} }, {}, {}]
    await new Promise(() => {}) // the source does not end by itself
  }
  const options = { config: { isRunning, mayEnd }, shardSize: 4 }
  const run = testEngine({ threads: 1 }).run(path, shards(), options)
  const outcomes: Outcome[] = []
  for await (const outcome of run) {
    outcomes.push(outcome)
    if (outcome.index !== 9) continue
    // It could not be sent; its neighbours were sent again, and wait. What runs comes to its end, and nothing else is begun.
    run.cancel(new Error('enough'), { when: 'soon' })
    writeFileSync(mayEnd, '')
  }
  expect(byIndex(outcomes).map(({ status }) => status)).toEqual([
    ...['completed', 'completed', 'completed', 'completed'],
    ...['completed', 'completed', 'aborted', 'aborted'],
    ...['aborted', 'errored', 'aborted', 'aborted'],
  ])
  expect(byIndex(outcomes)[9]).toMatchObject({ error: { code: 'FANFOLD_NOT_CLONEABLE' } })
})
