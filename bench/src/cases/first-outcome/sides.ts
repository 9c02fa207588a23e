import { Engine, ndjson } from '@fanfold/core'
import type { Counts, RunResult, Side } from '../../bench-case.ts'
import { startThreads } from '../../bare-threads.ts'
import { sumCounts } from '../../planted.ts'
import { splitFile } from '../ndjson-json-schema/count-range.ts'
import { customersFile } from '../ndjson-json-schema/customers.ts'

/** Threads that say what they found when they have found all of it: nothing is there before the end. */
export const staticSplit: Side = {
  name: 'static split',
  async setup({ tasks, threads }) {
    const path = await customersFile(tasks)
    const ranges = splitFile(path, threads)
    const module = new URL('../ndjson-json-schema/split-thread.ts', import.meta.url)
    const started = await startThreads<Counts>(module, threads)
    const run = async (): Promise<RunResult> => {
      const startedAt = performance.now()
      const answers = ranges.map((range, n) => started[n]!.ask({ path, range }))
      await Promise.race(answers)
      const firstOutcomeMs = performance.now() - startedAt
      return { ...sumCounts(await Promise.all(answers)), measures: { firstOutcomeMs } }
    }
    return { tasks, run, close: async () => void (await Promise.all(started.map((thread) => thread.end()))) }
  },
}

export const fanfold: Side = {
  name: 'fanfold',
  async setup({ tasks, threads }) {
    const path = await customersFile(tasks)
    const engine = new Engine({ threads })
    const customers = engine.load(new URL('../ndjson-json-schema/verify-customer.ts', import.meta.url))
    await customers.ready
    const run = async (): Promise<RunResult> => {
      const startedAt = performance.now()
      let firstOutcomeMs = NaN
      let seen = 0
      let pass = 0
      for await (const batch of customers.run(ndjson(path)).batches()) {
        if (seen === 0) {
          batch.at(0)
          firstOutcomeMs = performance.now() - startedAt
        }
        seen += batch.length
        for (let i = 0; i < batch.length; i++) if (batch.statuses[i] === 0 && batch.verdicts[i] === 0) pass++
      }
      return { pass, fail: seen - pass, measures: { firstOutcomeMs } }
    }
    return { tasks, run, close: async () => void (await engine.close()) }
  },
}
