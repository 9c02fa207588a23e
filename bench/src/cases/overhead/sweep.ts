import type { CaseOptions, Counts, RunResult } from '../../bench-case.ts'
import { spinItems } from './spin.ts'

/** What a task costs, µs. */
export const COSTS: readonly number[] = [0.1, 1, 10, 100, 1000, 10_000, 100_000]
/** Items a pool gets one by one are at most so many: 20 to 40 µs each are the same however often. */
const MOST_ONE_BY_ONE = 5_000
/** A batch is so much work, µs, that its round trip does not matter, but there are a few for each thread. */
const BATCH_MICROSECONDS = 5_000
const BATCHES_PER_THREAD = 4
const MOST_PER_BATCH = 5_000

/** One cost of a side's sweep. */
export interface Step {
  readonly microseconds: number
  readonly items: readonly number[]
  /** What a careful person chooses who knows the cost; Fanfold has to find out for itself. */
  readonly batchSize: number
}

/**
 * The items of each cost: about the same work of each, and enough for every thread at the highest.
 *
 * @param tasks - how many of the cheapest.
 */
export function sweepSteps({ tasks, threads }: CaseOptions, isOneByOne: boolean): Step[] {
  const work = tasks * COSTS[0]!
  let from = 0
  return COSTS.map((microseconds) => {
    const wanted = Math.max(Math.floor(work / microseconds), threads * (microseconds >= 100_000 ? 2 : 4))
    const count = isOneByOne ? Math.min(wanted, MOST_ONE_BY_ONE) : wanted
    const items = spinItems(microseconds, count, from)
    from += count
    const forThreads = Math.ceil(count / (threads * BATCHES_PER_THREAD))
    const batchSize = Math.max(1, Math.min(MOST_PER_BATCH, Math.floor(BATCH_MICROSECONDS / microseconds), forThreads))
    return { microseconds, items, batchSize }
  })
}

export function stepMeasure(microseconds: number): string {
  return `perTaskUs@${costName(microseconds)}`
}

function costName(microseconds: number): string {
  return microseconds >= 1000 ? `${microseconds / 1000} ms` : `${microseconds} µs`
}

/** Counts each step's items, and takes its time by itself. */
export async function runSweep(steps: readonly Step[], count: (step: Step) => Promise<Counts>): Promise<RunResult> {
  let pass = 0
  let fail = 0
  const measures: Record<string, number> = {}
  for (const step of steps) {
    const startedAt = performance.now()
    const counts = await count(step)
    measures[stepMeasure(step.microseconds)] = ((performance.now() - startedAt) * 1000) / step.items.length
    pass += counts.pass
    fail += counts.fail
  }
  return { pass, fail, measures }
}
