import type { BareThread } from '../../bare-threads.ts'
import { startThreads } from '../../bare-threads.ts'
import type { Counts, ReadySide, Side } from '../../bench-case.ts'
import { spreadOf } from '../../ratios.ts'
import { makeIbans } from './iban.ts'

/** Strings in one message. */
const BATCHES = [1_000, 2_500, 5_000, 10_000, 25_000]
/** Messages that wait at a thread, so that it never does. */
const IN_FLIGHT = [1, 2, 4]
const TRIES = 5

/** Batches by hand: what a person arrives at who measures until nothing gets faster any more. */
export const handBatched: Side = {
  name: 'batches by hand',
  async setup({ tasks, threads }): Promise<ReadySide> {
    const texts = makeIbans(tasks)
    const started = await startThreads<Counts>(new URL('./batch-thread.ts', import.meta.url), threads)
    const { batch, inFlight } = await fastest(texts, started)
    const run = async (): Promise<Counts & { measures: Record<string, number> }> => ({
      ...(await countInBatches(texts, started, batch, inFlight)),
      measures: { chosenBatch: batch, chosenInFlight: inFlight },
    })
    return { tasks, run, close: async () => void (await Promise.all(started.map((thread) => thread.end()))) }
  },
}

type Threads = readonly BareThread<Counts>[]

async function fastest(texts: readonly string[], threads: Threads): Promise<{ batch: number; inFlight: number }> {
  const ways = BATCHES.flatMap((batch) => IN_FLIGHT.map((inFlight) => ({ batch, inFlight, times: [] as number[] })))
  const some = texts.slice(0, 200_000)
  // All ways in turn, so that a slow moment hits all of them; the first turn only warms up.
  for (let turn = 0; turn <= TRIES; turn++) {
    for (const { batch, inFlight, times } of ways) {
      const startedAt = performance.now()
      await countInBatches(some, threads, batch, inFlight)
      if (turn > 0) times.push(performance.now() - startedAt)
    }
  }
  return ways.toSorted((a, b) => spreadOf(a.times).median - spreadOf(b.times).median)[0]!
}

async function countInBatches(
  texts: readonly string[],
  threads: Threads,
  batch: number,
  inFlight: number,
): Promise<Counts> {
  let next = 0
  let pass = 0
  let fail = 0
  const lanes = threads.flatMap((thread) => Array.from({ length: inFlight }, () => thread))
  await Promise.all(
    lanes.map(async (thread) => {
      while (next < texts.length) {
        const counts = await thread.ask(texts.slice(next, (next += batch)))
        pass += counts.pass
        fail += counts.fail
      }
    }),
  )
  return { pass, fail }
}
