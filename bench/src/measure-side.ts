import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { Bench } from 'tinybench'
import type { Measures, ReadySide, RunResult } from './bench-case.ts'
import { findCase } from './cases.ts'
import { spreadOf } from './ratios.ts'

/** Runs that take this long together are enough for one process, ms: of long ones one says as much as three. */
const ENOUGH_MS = 1_000
/** A few turns of an event loop with a timer of 1 ms. */
const LOOK_MS = 3

/** What a side's process is told. */
export interface SideRequest {
  readonly benchCase: string
  readonly side: string
  readonly tasks: number
  readonly threads: number
  /** At most; fewer where a run takes long. */
  readonly iterations: number
}

/** What it answers. All times in ms for one run, which is `tasks` tasks. */
export interface Measurement {
  readonly tasks: number
  /** The validated run: threads and modules are there, but nothing is optimised yet. */
  readonly firstMs: number
  readonly samplesMs: readonly number[]
  /** Processor time of all threads in a timed run, the mean: what a busy machine changes least. */
  readonly cpuMs: number
  /** How late the main thread's event loop was over the timed runs. Large, and no fault, where the work is done in it. */
  readonly stallP99Ms: number
  /** What the side measured itself, the median of the timed runs. */
  readonly measures: Measures
}

/**
 * Sets a side up, runs it once and validates what it found, then times it with tinybench.
 *
 * @throws when it finds something else than what was planted, in any run.
 */
export async function measureSide(request: SideRequest): Promise<Measurement> {
  const benchCase = findCase(request.benchCase)
  const side = benchCase.sides.find(({ name }) => name === request.side)
  if (side === undefined) throw new Error(`the case ${request.benchCase} has no side called ${request.side}`)
  const ready = await side.setup(request)
  const startedAt = performance.now()
  const first = await ready.run()
  const firstMs = performance.now() - startedAt
  benchCase.validate(first, ready.tasks)
  const iterations = Math.min(request.iterations, Math.ceil(ENOUGH_MS / firstMs))
  const timed = await timeRuns(ready, iterations, (result) => benchCase.validate(result, ready.tasks))
  await ready.close()
  return { tasks: ready.tasks, firstMs, ...timed }
}

async function timeRuns(
  ready: ReadySide,
  iterations: number,
  validate: (result: RunResult) => void,
): Promise<Omit<Measurement, 'tasks' | 'firstMs'>> {
  const results: RunResult[] = []
  // A whole batch is one iteration: no warm-up beyond the run above, and no minimum of 64.
  const bench = new Bench({ time: 0, iterations, warmup: false, retainSamples: true, throws: true })
  const run = async (): Promise<void> => {
    const result = await ready.run()
    results.push(result)
  }
  bench.add('side', run, { async: true, afterEach: () => results.slice(-1).forEach(validate) })
  // Its timer wakes the main thread a thousand times a second, about half a percent of a core, on every side alike.
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  // It counts from its second turn on, and looks once more at the end: a loop that is held up all the time is seen so.
  await sleep(LOOK_MS)
  const before = process.cpuUsage()
  const [task] = await bench.run()
  const { user, system } = process.cpuUsage(before)
  await sleep(LOOK_MS)
  delay.disable()
  if (task?.result.state !== 'completed') throw new Error(`the side was not measured: ${task?.result.state}`)
  const samplesMs = task.result.latency.samples ?? []
  return {
    samplesMs,
    cpuMs: (user + system) / 1000 / samplesMs.length,
    stallP99Ms: delay.percentile(99) / 1e6,
    measures: medianMeasures(results),
  }
}

/** Of each measure the median over the runs that took it. */
function medianMeasures(results: readonly RunResult[]): Measures {
  const names = new Set(results.flatMap(({ measures }) => Object.keys(measures ?? {})))
  return Object.fromEntries(
    [...names].map((name) => {
      const taken = results.flatMap(({ measures }) => measures?.[name] ?? [])
      return [name, spreadOf(taken).median]
    }),
  )
}
