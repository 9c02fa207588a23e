import { Engine, ndjson } from '@fanfold/core'
import type { CaseOptions, Counts, ReadySide, Side } from '../../bench-case.ts'
import { startThreads } from '../../bare-threads.ts'
import { countRange, splitFile } from './count-range.ts'
import { customersFile } from './customers.ts'
import { compileSchema } from './schema.ts'

export const oneLoop: Side = {
  name: 'one loop',
  async setup({ tasks }: CaseOptions): Promise<ReadySide> {
    const path = await customersFile(tasks)
    const isValid = compileSchema()
    const [whole] = splitFile(path, 1)
    return { tasks, run: async () => countRange(path, whole!, isValid), close: async () => {} }
  },
}

export const staticSplit: Side = {
  name: 'static split',
  async setup({ tasks, threads }: CaseOptions): Promise<ReadySide> {
    const path = await customersFile(tasks)
    const ranges = splitFile(path, threads)
    const started = await startThreads<Counts>(new URL('./split-thread.ts', import.meta.url), threads)
    return {
      tasks,
      run: async () => {
        const counts = await Promise.all(ranges.map((range, n) => started[n]!.ask({ path, range })))
        return counts.reduce((sum, { pass, fail }) => ({ pass: sum.pass + pass, fail: sum.fail + fail }))
      },
      close: async () => void (await Promise.all(started.map((thread) => thread.end()))),
    }
  },
}

export const fanfold: Side = {
  name: 'fanfold',
  async setup({ tasks, threads }: CaseOptions): Promise<ReadySide> {
    const path = await customersFile(tasks)
    const engine = new Engine({ threads })
    const customers = engine.load(new URL('./verify-customer.ts', import.meta.url))
    await customers.ready
    return {
      tasks,
      run: async () => {
        const { verdicts } = await customers.run(ndjson(path)).report()
        return verdicts
      },
      close: async () => void (await engine.close()),
    }
  },
}
