/** How long a shard should keep its thread, ms: a round trip of 0.1 ms is then 0.3% of it, and no tail is longer. */
const TARGET_MS = 40
/** Nothing is known of the first tasks' cost, so the first shards are small: the first outcomes come early. */
const FIRST_TASKS = 16
/** A shard is at most this many times the one before: one cheap task must not promise that all are. */
const MAX_GROWTH = 8
export const MAX_SHARD_TASKS = 65_536
export const MAX_SHARD_BYTES: number = 1 << 20
/** Towards the end, shards smaller than this cost more than they even out, ms. */
const MIN_TAIL_MS = 2
/** Weight of the newest shard in the moving mean. */
const NEWEST = 0.5

/** What is known of a run's tasks. */
export interface CostEstimate {
  /** Time on the thread, ms a task. */
  readonly msPerTask: number | undefined
  /** Tasks of the largest shard that was measured. */
  readonly measuredTasks: number
}

export interface ShardSizeInput {
  readonly cost: CostEstimate
  readonly lanes: number
  /** Running tasks a lane may have. */
  readonly concurrencyPerLane: number
  readonly remainingTasks: number | undefined
  readonly remainingBytes: number | undefined
}

export function newCost(): CostEstimate {
  return { msPerTask: undefined, measuredTasks: 0 }
}

export function withMeasurement(cost: CostEstimate, tasks: number, busyMs: number): CostEstimate {
  if (tasks === 0) return cost
  const msPerTask = Math.max(busyMs / tasks, 1e-5)
  return {
    msPerTask: cost.msPerTask === undefined ? msPerTask : cost.msPerTask * (1 - NEWEST) + msPerTask * NEWEST,
    measuredTasks: Math.max(cost.measuredTasks, tasks),
  }
}

/** How much to read next: guided self-scheduling (Polychronopoulos and Kuck, 1987) with a bound on a shard's time. */
export function shardSize(input: ShardSizeInput): { readonly maxTasks: number; readonly maxBytes: number } {
  const { cost, lanes, concurrencyPerLane, remainingTasks, remainingBytes } = input
  // An async verifier's shard should keep all its running tasks busy for a while.
  const least = concurrencyPerLane === 1 ? 1 : concurrencyPerLane * 4
  if (cost.msPerTask === undefined) return { maxTasks: Math.max(FIRST_TASKS, least), maxBytes: MAX_SHARD_BYTES }
  const byTime = Math.ceil(TARGET_MS / cost.msPerTask)
  const byGrowth = Math.max(FIRST_TASKS, cost.measuredTasks * MAX_GROWTH)
  const tail = Math.ceil(MIN_TAIL_MS / cost.msPerTask)
  const share = remainingTasks === undefined ? Infinity : Math.max(tail, Math.ceil(remainingTasks / (2 * lanes)))
  const maxTasks = Math.max(least, Math.min(byTime, byGrowth, share, MAX_SHARD_TASKS))
  const maxBytes =
    remainingBytes === undefined
      ? MAX_SHARD_BYTES
      : Math.min(MAX_SHARD_BYTES, Math.max(1 << 14, Math.ceil(remainingBytes / (2 * lanes))))
  return { maxTasks, maxBytes }
}
