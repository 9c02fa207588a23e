import { Engine } from '@fanfold/core'
import type { BenchCase, CaseOptions, ReadySide, Side } from '../../bench-case.ts'
import { bareWorkerThreads } from '../../peers/bare-worker-threads.ts'
import { requireCounts } from '../../require-counts.ts'
import { ndjsonJsonSchema } from '../ndjson-json-schema/case.ts'
import * as ndjsonSides from '../ndjson-json-schema/sides.ts'
import { expectedSpins, spin, spinItems } from '../overhead/spin.ts'
import { speedUpCase } from './speed-up-case.ts'

const MICROSECONDS = 20
const TASK_MODULE = new URL('../overhead/spin-task.ts', import.meta.url)

/** The file of the NDJSON case, a fifth as long. */
export const speedUpNdjson: BenchCase = speedUpCase({
  ...ndjsonSides,
  name: 'speed-up-ndjson',
  title: 'an NDJSON file against a JSON Schema',
  fairness: ndjsonJsonSchema.fairness,
  defaultTasks: 200_000,
  prepare: (options) => ndjsonJsonSchema.prepare(options),
  validate: (counts, tasks) => ndjsonJsonSchema.validate(counts, tasks),
})

const oneLoop: Side = {
  name: 'one loop',
  async setup({ tasks }: CaseOptions): Promise<ReadySide> {
    const items = spinItems(MICROSECONDS, tasks, 0)
    const run = async (): Promise<{ pass: number; fail: number }> => {
      let pass = 0
      for (const item of items) if (spin(item)) pass++
      return { pass, fail: tasks - pass }
    }
    return { tasks, run, close: async () => {} }
  },
}

const staticSplit: Side = {
  name: 'static split',
  async setup({ tasks, threads }: CaseOptions): Promise<ReadySide> {
    const items = spinItems(MICROSECONDS, tasks, 0)
    const running = await bareWorkerThreads.start({ threads, taskModule: TASK_MODULE })
    const run = (): ReturnType<typeof running.batches> => running.batches(items, Math.ceil(tasks / threads), threads)
    return { tasks, run, close: () => running.close() }
  },
}

const fanfold: Side = {
  name: 'fanfold',
  async setup({ tasks, threads }: CaseOptions): Promise<ReadySide> {
    const items = spinItems(MICROSECONDS, tasks, 0)
    const engine = new Engine({ threads })
    const spins = engine.load<number>(TASK_MODULE)
    await spins.ready
    const run = async (): Promise<{ pass: number; fail: number }> => {
      const { verdicts } = await spins.run(items).report()
      return verdicts
    }
    return { tasks, run, close: async () => void (await engine.close()) }
  },
}

/** Work that touches no memory: what stands between it and the number of cores is the engine alone. */
export const speedUpCpu: BenchCase = speedUpCase({
  name: 'speed-up-cpu',
  title: `an integer hash of about ${MICROSECONDS} µs a task (numbers in memory)`,
  fairness:
    'Before the clock: process, threads, modules, numbers. In it: getting the numbers to the threads, the hash, counting ' +
    'valid and invalid. The static split sends each thread its share as one array.',
  defaultTasks: 20_000,
  oneLoop,
  staticSplit,
  fanfold,
  prepare: async () => {},
  validate: (counts, tasks) => requireCounts(counts, expectedSpins(tasks)),
})
