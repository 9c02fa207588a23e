import type { CostEstimate } from './shard-size.ts'

/** Requests behind each other in one batch wait for each other: it should not keep its thread longer than this, ms. */
const MOST_MS = 4
/** Work for less than this is not worth a message to a second thread, ms. */
const LEAST_MS = 0.05
/** One cheap request must not promise that all are. */
const MAX_GROWTH = 8
const MAX_TASKS = 4096

/** How many requests go to a thread together: what has gathered is divided over the free lanes, within these bounds. */
export interface RequestBatch {
  readonly minTasks: number
  readonly maxTasks: number
}

/** @param concurrencyPerLane running tasks that a lane may have */
export function requestBatch({ msPerTask, measuredTasks }: CostEstimate, concurrencyPerLane: number): RequestBatch {
  if (msPerTask === undefined) return { minTasks: 1, maxTasks: concurrencyPerLane }
  const byTime = Math.ceil(MOST_MS / msPerTask)
  const byGrowth = Math.max(1, measuredTasks) * MAX_GROWTH
  const maxTasks = Math.min(MAX_TASKS, Math.max(concurrencyPerLane, Math.min(byTime, byGrowth)))
  return { minTasks: Math.min(maxTasks, Math.ceil(LEAST_MS / msPerTask)), maxTasks }
}
