import { Engine } from '@fanfold/core'
import { startThreads } from '../../bare-threads.ts'
import type { Counts, ReadySide, RunResult, Side } from '../../bench-case.ts'
import type { Claim } from '../../fixed-work.ts'
import { sumCounts } from '../../planted.ts'
import { splitEvenly } from '../../sides/bare-sides.ts'
import { awaitReport } from '../../sides/fanfold-side.ts'
import { countClaims, makeBatches } from './claims.ts'

/** Claims in one message of the hand-written batches, about 2.5 ms of work. */
const BATCH = 25
const thread = new URL('./claim-thread.ts', import.meta.url)

export const oneLoop: Side = {
  name: 'one loop',
  setup: async ({ tasks }) => batchAfterBatch(tasks, async (claims) => countClaims(claims)),
}

export const staticSplit: Side = {
  name: 'static split',
  async setup({ tasks, threads }) {
    const started = await startThreads<Counts>(thread, threads)
    const split = async (claims: readonly Claim[]): Promise<Counts> => {
      const parts = splitEvenly(claims, threads)
      return sumCounts(await Promise.all(started.map((one, n) => one.ask(parts[n]))))
    }
    return batchAfterBatch(tasks, split, async () => void (await Promise.all(started.map((one) => one.end()))))
  },
}

/** One task at a time to whichever thread is free: the shortest makespan that knows nothing of the costs. */
export const bareOneAtATime: Side = nextFree('bare, one at a time', 1)
/** The same with arrays of tasks, as a person does it who has seen what a message costs. */
export const bareBatches: Side = nextFree(`bare, ${BATCH} at a time`, BATCH)

export const fanfold: Side = {
  name: 'fanfold',
  async setup({ tasks, threads }) {
    const engine = new Engine({ threads })
    const claims = engine.load<Claim>(new URL('./verify-claim.ts', import.meta.url))
    await claims.ready
    const close = async (): Promise<void> => void (await engine.close())
    return batchAfterBatch(tasks, (batch) => awaitReport(claims.run(batch)), close)
  },
}

function nextFree(name: string, size: number): Side {
  return {
    name,
    async setup({ tasks, threads }) {
      const started = await startThreads<Counts>(thread, threads)
      const run = async (claims: readonly Claim[]): Promise<Counts> => {
        let next = 0
        const counts: Counts[] = []
        await Promise.all(
          started.map(async (one) => {
            while (next < claims.length) counts.push(await one.ask(claims.slice(next, (next += size))))
          }),
        )
        return sumCounts(counts)
      }
      return batchAfterBatch(tasks, run, async () => void (await Promise.all(started.map((one) => one.end()))))
    },
  }
}

/** The batches of all seeds, each of which starts when the one before has ended; their makespans are added up. */
function batchAfterBatch(
  tasks: number,
  count: (claims: readonly Claim[]) => Promise<Counts>,
  close: () => Promise<void> = async () => {},
): ReadySide {
  const batches = makeBatches(tasks)
  const run = async (): Promise<RunResult> => {
    const counts: Counts[] = []
    let makespanMs = 0
    for (const batch of batches) {
      const startedAt = performance.now()
      counts.push(await count(batch))
      makespanMs += performance.now() - startedAt
    }
    return { ...sumCounts(counts), measures: { makespanMs } }
  }
  return { tasks, run, close }
}
