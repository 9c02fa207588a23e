/** Threads and processes are killed at random while they hold permits; no permit is lost, and no task. */
import { readFileSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Engine, PoolKind } from '@fanfold/core'
import { describe, expect, test } from 'vitest'
import { POOLS, engineOn } from '../conformance/pools.ts'
import { byIndex, collect, tempFolder } from '../engine/fixtures.ts'
import { oneOf, randomOf } from '../engine/verifiers/answers.ts'
import { startReaper } from './testing/reaper.ts'
import type { Kill } from './testing/reaper.ts'
import type { Mortal } from './verifiers/mortal.ts'

const source = new URL('./verifiers/mortal.ts', import.meta.url)
const SEED = Number(process.env['FANFOLD_SEED'] ?? Date.now() % 1_000_000)
/** Over both pools. */
const KILLS = Number(process.env['FANFOLD_KILLS'] ?? 100)
/** A run's circuit breaker stops it when many more die with nobody to blame. */
const KILLS_OF_RUN = 10
const RUNS = Math.ceil(KILLS / POOLS.length / KILLS_OF_RUN)
const TASKS = 60
const SPINNING = 20
const TIMEOUT_MS = 3_000
/** Longer than anybody waits, unless permits are lost. */
const QUEUE_TIMEOUT_MS = 20_000
const PERMITS = { crm: 2, billing: 1 }

const WAYS: Record<PoolKind, readonly Kill[]> = {
  threads: ['exit', 'exitAfterwards', 'throw'],
  processes: ['SIGKILL', 'SIGKILL', 'SIGKILL afterwards', 'exit', 'throw'],
}

describe.for(POOLS)('in a pool of %s', (pool) => {
  test(`after ${RUNS * KILLS_OF_RUN} kills all permits are back, and each task has its outcome`, async () => {
    console.log(`kills in ${pool}: FANFOLD_SEED=${SEED}`)
    const mortal = builtVerifier()
    const random = randomOf(SEED)
    const reaper = await startReaper()
    const limits = {
      crm: { concurrency: PERMITS.crm, queueTimeoutMs: QUEUE_TIMEOUT_MS },
      billing: {
        concurrency: PERMITS.billing,
        queueTimeoutMs: QUEUE_TIMEOUT_MS,
        rate: { count: 50, perMs: 100 },
      },
    }
    const engine = engineOn(pool, { threads: 2, limits })
    const options = { config: { url: reaper.url }, concurrency: 4, timeoutMs: TIMEOUT_MS }
    // One is terminated by the engine, for a task that blocks it; of processes that is a kill like the others.
    if (pool === 'threads') reaper.spinning.add(SPINNING)
    for (let n = 0; n < RUNS; n++) {
      while (reaper.kills.size < KILLS_OF_RUN) {
        const index = Math.floor(random() * TASKS)
        if (index !== SPINNING) reaper.kills.set(index, oneOf(random, WAYS[pool]))
      }
      const asks = Array.from({ length: TASKS }, (_, i): Mortal => ({ limit: i % 3 === 0 ? 'billing' : 'crm' }))
      const run = engine.run(mortal, asks, options)
      const outcomes = byIndex(await collect(run))
      const isSpinning = (i: number): boolean => reaper.spinning.has(i)
      expect(outcomes.map(({ status }) => status)).toEqual(
        asks.map((_, i) => (isSpinning(i) ? 'timedOut' : 'completed')),
      )
      const { total, statuses, threadsReplaced } = await run.report()
      const timedOut = reaper.spinning.size
      expect({ total, ...statuses }).toMatchObject({ total: TASKS, completed: TASKS - timedOut, timedOut, crashed: 0 })
      expect(threadsReplaced).toBeGreaterThanOrEqual(KILLS_OF_RUN)
      expect(reaper.kills.size).toBe(0)
      await expectAllFree(engine)
      reaper.spinning.clear()
    }
    expect(reaper.killed).toBe(RUNS * KILLS_OF_RUN)
    for (const [limit, permits] of Object.entries(PERMITS)) {
      // They are answered when all permits are in use at once.
      reaper.together(permits)
      const asks = Array.from({ length: 2 * permits }, (): Mortal => ({ limit }))
      const outcomes = await collect(engine.run(mortal, asks, options))
      expect(outcomes.map(({ status }) => status)).toEqual(asks.map(() => 'completed'))
    }
    await expectAllFree(engine)
  }, 240_000)
})

/** As JavaScript: to strip the types in each of hundreds of threads takes longer than all the rest. */
function builtVerifier(): string {
  const built = join(tempFolder(), 'mortal.mjs')
  const text = stripTypeScriptTypes(readFileSync(fileURLToPath(source), 'utf8'))
  writeFileSync(built, text.replace("'@fanfold/workers'", JSON.stringify(import.meta.resolve('@fanfold/workers'))))
  return built
}

/** What lies unused in a thread goes back a moment later. */
async function expectAllFree(engine: Engine): Promise<void> {
  for (const [name, permits] of Object.entries(PERMITS))
    await expect.poll(() => engine.limits[name]!.status()).toMatchObject({ permits, held: 0, waiting: 0 })
}
