/**
 * `node bench/src/crashes.ts`
 *
 * What it costs when 0.1% of 100,000 cheap tasks take their thread down: the throughput with and without them, in
 * threads and in processes. Exactly those should be `crashed`; each costs three deaths, one among neighbours and two
 * alone.
 */
import { Engine } from '@fanfold/core'
import type { PoolKind, Report } from '@fanfold/core'

const TASKS = 100_000
const EVERY = 1_000
const verifier = new URL('./crashes/verify-task.ts', import.meta.url)

async function measure(pool: PoolKind, isCrashing: boolean): Promise<Report> {
  const tasks = Array.from({ length: TASKS }, (_, n) => ({ exits: isCrashing && n % EVERY === EVERY / 2 }))
  const engine = new Engine({ pool })
  try {
    const loaded = engine.load<{ readonly exits: boolean }>(verifier)
    await loaded.ready
    return await loaded.run(tasks).report()
  } finally {
    await engine.close()
  }
}

let isWrong = false
console.log(`${TASKS} tasks, ${TASKS / EVERY} of which end their thread\n`)
for (const pool of ['threads', 'processes'] as const) {
  const without = await measure(pool, false)
  const withCrashes = await measure(pool, true)
  const { statuses, threadsReplaced, elapsedMs, tasksPerSecond } = withCrashes
  const crashes = TASKS / EVERY
  isWrong ||= statuses.crashed !== crashes || statuses.completed !== TASKS - crashes
  console.log(pool)
  console.log(`  crashed ${statuses.crashed}, completed ${statuses.completed}, threads replaced ${threadsReplaced}`)
  console.log(`  without: ${Math.round(without.tasksPerSecond)} tasks/s, with: ${Math.round(tasksPerSecond)} tasks/s`)
  console.log(`  ${((elapsedMs - without.elapsedMs) / crashes).toFixed(0)} ms a crash\n`)
}
if (isWrong) {
  console.log('not exactly the tasks that crash were crashed')
  process.exitCode = 1
}
