import { describe, expect, test } from 'vitest'
import { collect } from '../engine/fixtures.ts'
import { POOLS, numbers, testEngine, verifierOf } from './pools.ts'

const TASKS = 10_000
const ERRORED = 100
const HANGING = 10
const EXITING = 10
const HEAP = 5
/** Exhausting a heap takes a while, and on a busy machine more than one and a half seconds: that is no hang. */
const TIMEOUT_MS = 3_000

/** Spread over the batch: of 10,000 tasks 1% throw, 0.1% hang, 0.1% exit, 0.05% exhaust the heap. */
const KINDS = `
  const kindOf = (n) =>
    n % 100 === 17 ? 'throw' : n % 1000 === 323 ? 'hang' : n % 1000 === 656 ? 'exit' : n % 2000 === 989 ? 'heap' : 'pass'
  const misbehave = {
    throw: () => { throw new Error('one of a hundred') },
    hang: () => { for (;;); },
    exit: () => process.exit(3),
    // In this form Node ends the thread before V8 ends the process; for (const kept = []; ; ) does not let it.
    heap: () => {
      const kept = []
      for (;;) kept.push(Array.from({ length: 1000 }, (_, i) => ({ i })))
    },
    pass: () => true,
  }
`
const SYNC = `${KINDS}
  export default (n) => misbehave[kindOf(n)]()
`
/** Half of those that hang never settle, the others block the loop under their neighbours. */
const ASYNC = `${KINDS}
  export default async (n) => {
    await new Promise((resolve) => setImmediate(resolve))
    return n % 2000 === 323 ? new Promise(() => {}) : misbehave[kindOf(n)]()
  }
`

function expectedOf(index: number): string {
  if (index % 100 === 17) return 'errored'
  if (index % 1000 === 323) return 'timedOut'
  return index % 1000 === 656 || index % 2000 === 989 ? 'crashed' : 'completed'
}

describe.each(POOLS)('in %s', (pool) => {
  test.each([
    ['sync', SYNC, 2],
    ['async, 8 at a time', ASYNC, 8],
  ])(
    'with all faults at once the counts are exact, and each task has the outcome of its own (%s)',
    async (_, text, concurrency) => {
      const engine = testEngine({ pool, threads: 2, threadMemoryMb: 32 })
      const run = engine.run<number>(verifierOf(text), numbers(TASKS), { timeoutMs: TIMEOUT_MS, concurrency })
      const outcomes = await collect(run)
      expect(outcomes.filter(({ index, status }) => status !== expectedOf(index))).toEqual([])
      expect(new Set(outcomes.map(({ index }) => index)).size).toBe(TASKS)
      expect(outcomes).toHaveLength(TASKS)
      const unsuccessful = ERRORED + HANGING + EXITING + HEAP
      expect(await run.report()).toMatchObject({
        result: 'partial',
        total: TASKS,
        sourceExhausted: true,
        statuses: {
          completed: TASKS - unsuccessful,
          errored: ERRORED,
          timedOut: HANGING,
          crashed: EXITING + HEAP,
          aborted: 0,
          skipped: 0,
        },
        stuckThreads: [],
      })
    },
    180_000,
  )
})
