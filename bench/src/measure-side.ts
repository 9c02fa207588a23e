import { Bench } from 'tinybench'
import type { Counts } from './bench-case.ts'
import { findCase } from './cases.ts'

/** What a side's process is told. */
export interface SideRequest {
  readonly benchCase: string
  readonly side: string
  readonly tasks: number
  readonly threads: number
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

  let counts: Counts = first
  // A whole batch is one iteration: no warm-up beyond the run above, and no minimum of 64.
  const bench = new Bench({ time: 0, iterations: request.iterations, warmup: false, retainSamples: true, throws: true })
  const run = async (): Promise<void> => {
    counts = await ready.run()
  }
  bench.add(side.name, run, { async: true, afterEach: () => benchCase.validate(counts, ready.tasks) })
  const before = process.cpuUsage()
  const [task] = await bench.run()
  const { user, system } = process.cpuUsage(before)
  await ready.close()
  if (task?.result.state !== 'completed') throw new Error(`${side.name} was not measured: ${task?.result.state}`)
  const samplesMs = task.result.latency.samples ?? []
  return { tasks: ready.tasks, firstMs, samplesMs, cpuMs: (user + system) / 1000 / samplesMs.length }
}
