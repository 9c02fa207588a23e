import { availableParallelism } from 'node:os'
import type { BenchCase, Plot, PlotPoint, Side } from '../../bench-case.ts'
import { threadCounts } from './thread-counts.ts'

const COUNTS = threadCounts()

/** What a case of this kind is made of; the rest is the same for all of them. */
export interface Workload {
  readonly name: string
  readonly title: string
  readonly fairness: string
  readonly defaultTasks: number
  readonly oneLoop: Side
  /** The limit: the work split once, beforehand, into one piece a thread. */
  readonly staticSplit: Side
  readonly fanfold: Side
  readonly prepare: BenchCase['prepare']
  readonly validate: BenchCase['validate']
}

/** The same work at 1, 2, 3 … threads: how much faster than one loop. */
export function speedUpCase(workload: Workload): BenchCase {
  const { name, title, oneLoop, staticSplit, fanfold } = workload
  const cores = availableParallelism()
  const sides = [fanfold, staticSplit].flatMap((side) => COUNTS.map((count) => atThreads(side, count)))
  const points = [fanfold, staticSplit].flatMap((side) =>
    COUNTS.map((count): PlotPoint => ({
      line: side.name,
      x: count,
      side: sideName(side, count),
      against: oneLoop.name,
      measure: 'speed',
    })),
  )
  const plot: Plot = {
    kind: 'lines',
    name,
    title: `Speed-up against threads: ${title}`,
    x: { label: 'threads', scale: 'linear' },
    y: { label: 'speed, × one loop', scale: 'linear' },
    points,
    ideal: { name: 'one core each', points: COUNTS.map((count) => [count, Math.min(count, cores)] as const) },
  }
  return {
    ...workload,
    iterations: 2,
    sides: [oneLoop, ...sides],
    targets: [],
    plots: [plot],
    // With as many threads as cores and more, the system decides when the main thread runs.
    mainThread: 'busy',
  }
}

function sideName(side: Side, threads: number): string {
  return `${side.name}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`
}

function atThreads(side: Side, threads: number): Side {
  return { name: sideName(side, threads), setup: ({ tasks }) => side.setup({ tasks, threads }) }
}
