/** `bare-blocks <tasks> <threads>`: two blocks wait at each thread. Prints the counts. */
import { startThreads } from '../../../bare-threads.ts'
import type { Counts } from '../../../bench-case.ts'
import { sumCounts } from '../../../planted.ts'
import { blocks } from '../records.ts'

const IN_FLIGHT = 2
const started = await startThreads<Counts>(new URL('../block-thread.ts', import.meta.url), Number(process.argv[3]))
const source = blocks(Number(process.argv[2]))
let counts: Counts = { pass: 0, fail: 0 }
await Promise.all(
  started
    .flatMap((thread) => Array.from({ length: IN_FLIGHT }, () => thread))
    .map(async (thread) => {
      // All lanes take from the same iterator.
      for (let next = source.next(); next.done !== true; next = source.next()) {
        const counted = await thread.ask(next.value, [next.value.buffer])
        counts = sumCounts([counts, counted])
      }
    }),
)
console.log(JSON.stringify(counts))
await Promise.all(started.map((thread) => thread.end()))
