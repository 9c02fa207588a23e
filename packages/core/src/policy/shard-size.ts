/** How long a shard should keep its thread, ms: a round trip of 0.1 ms is then 0.3% of it. */
const TARGET_MS = 40
/**
 * Tasks of a shard of whose cost nothing is known. Should they be slow, a lane that has nothing to do gets what another one
 * has not started; and outcomes come every few milliseconds, however many tasks there are.
 */
const FIRST_TASKS = 32
/**
 * A shard is at most this many times the largest that was measured: one cheap task must not promise that all are. From the
 * first shard it takes four round trips to the largest.
 */
const MAX_GROWTH = 8
export const MAX_SHARD_TASKS = 65_536
export const MAX_SHARD_BYTES: number = 1 << 20
/** Towards the end, shards smaller than this cost more than they even out, ms. */
const MIN_TAIL_MS = 2
const MIN_TAIL_BYTES = 1 << 14
/**
 * While the last tasks of a shard come to their end, a thread that runs several at once runs fewer of them: a wave of so many
 * is lost with each shard. So a shard has at least this many waves, if that takes no longer than the time below, or few.
 */
const WAVES = 32
const FEW_WAVES = 4
const WAVES_MS = 500
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
  /** What the user wants; `undefined`: by cost. */
  readonly fixed: number | undefined
  readonly lanes: number
  /** Running tasks a lane may have; `undefined`: that is not known yet. */
  readonly concurrencyPerLane: number | undefined
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

/** Into how many pieces what a thread gives back is cut: one for each lane, as long as they are worth a round trip. */
export function partsOf(tasks: number, cost: CostEstimate, lanes: number): number {
  const worthwhile = cost.msPerTask === undefined ? lanes : Math.floor((tasks * cost.msPerTask) / MIN_TAIL_MS)
  return Math.max(1, Math.min(lanes, tasks, worthwhile))
}

/** How much to read next: guided self-scheduling (Polychronopoulos and Kuck, 1987) with a bound on a shard's time. */
export function shardSize(input: ShardSizeInput): { readonly maxTasks: number; readonly maxBytes: number } {
  const { fixed, lanes, remainingBytes } = input
  if (fixed !== undefined) return { maxTasks: Math.min(fixed, MAX_SHARD_TASKS), maxBytes: MAX_SHARD_BYTES }
  const maxTasks = Math.min(wantedTasks(input), shareOfTasks(input), MAX_SHARD_TASKS)
  if (remainingBytes === undefined) return { maxTasks, maxBytes: MAX_SHARD_BYTES }
  const share = Math.max(MIN_TAIL_BYTES, Math.ceil(remainingBytes / (2 * lanes)))
  return { maxTasks, maxBytes: Math.min(MAX_SHARD_BYTES, share) }
}

function wantedTasks({ cost, concurrencyPerLane = 1 }: ShardSizeInput): number {
  if (cost.msPerTask === undefined) return Math.max(FIRST_TASKS, concurrencyPerLane)
  const byTime = Math.ceil(TARGET_MS / cost.msPerTask)
  const byGrowth = Math.max(1, cost.measuredTasks * MAX_GROWTH)
  return Math.max(leastForWaves(cost.msPerTask, concurrencyPerLane), Math.min(byTime, byGrowth))
}

/** For a thread that runs several tasks at once. */
function leastForWaves(msPerTask: number, concurrency: number): number {
  if (concurrency === 1) return 1
  return Math.max(concurrency * FEW_WAVES, Math.min(concurrency * WAVES, Math.floor(WAVES_MS / msPerTask)))
}

/** So that all lanes end at about the same time. */
function shareOfTasks({ cost, lanes, concurrencyPerLane, remainingTasks }: ShardSizeInput): number {
  if (remainingTasks === undefined) return Infinity
  const tail = cost.msPerTask === undefined ? 1 : Math.ceil(MIN_TAIL_MS / cost.msPerTask)
  // What ends too late is shared; smaller shards would only lose more waves, or hold tasks back that might be running.
  const parts = concurrencyPerLane === 1 ? 2 * lanes : lanes
  return Math.max(tail, concurrencyPerLane ?? 1, Math.ceil(remainingTasks / parts))
}
