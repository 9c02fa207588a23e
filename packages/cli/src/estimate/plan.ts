/** What to measure, from what the probe has found. */

/** What a short run of the plain loop has told of the verifier. */
export interface Probe {
  /** ms a task in one plain loop, once the code was optimised. */
  readonly msPerTask: number
  /** Bytes a task. */
  readonly bytesPerTask: number
  /** It returns promises. */
  readonly isAsync: boolean
  /** The share of the time in which the event loop had nothing to do but wait, 0 to 1. */
  readonly waitingShare: number
}

/** One measurement should take this share of the budget, in one thread: so there are some rounds of all sides. */
const SHARE_OF_BUDGET = 1 / 40
/** Below this a start and its disturbances would be most of what is measured. */
const LEAST_MS = 300
/** Beyond this more rounds tell more than longer ones. */
const MOST_MS = 1_000
/** So that no thread is without work, and none has one record more than another by chance. */
const LEAST_TASKS_PER_THREAD = 8

/** How many records make a sample. */
export function sampleTasks({ msPerTask }: Pick<Probe, 'msPerTask'>, budgetMs: number, threads: number): number {
  const wanted = Math.min(MOST_MS, Math.max(LEAST_MS, budgetMs * SHARE_OF_BUDGET)) / msPerTask
  return Math.ceil(Math.max(wanted, LEAST_TASKS_PER_THREAD * threads))
}

/** 1, 2, 4 and so on, up to what the machine allows. */
export function threadCounts(most: number): readonly number[] {
  const counts: number[] = []
  for (let count = 1; count < most; count *= 2) counts.push(count)
  return [...counts, most]
}

/** A verifier is said to wait when there was nothing else to do for most of the time. */
const WAITS_ABOVE = 0.5

export function isWaiting({ isAsync, waitingShare }: Pick<Probe, 'isAsync' | 'waitingShare'>): boolean {
  return isAsync && waitingShare > WAITS_ABOVE
}

/** Running tasks over all threads that are worth a try for a verifier that waits. */
export function concurrencies(threads: number, tasks: number): readonly number[] {
  return [4, 16, 64].map((each) => each * threads).filter((count) => count * 2 <= tasks)
}

/** Work in a shard, ms; Fanfold itself aims at 40 ms, and at most 1 MB. */
const SHARD_MS = [1, 8, 160]
const MOST_TASKS = 65_536
const MOST_BYTES = 2 ** 20

/** A few shard sizes that differ from what Fanfold would choose; none for a sample that is too small to tell. */
export function shardSizes({ msPerTask, bytesPerTask }: Probe, tasks: number, threads: number): readonly number[] {
  const automatic = Math.max(1, Math.min(40 / msPerTask, MOST_TASKS, MOST_BYTES / bytesPerTask))
  const sizes = SHARD_MS.map((ms) => Math.max(1, Math.round(ms / msPerTask)))
    // More than 1 MB is no shard, whatever is asked for.
    .map((size) => Math.min(size, MOST_TASKS, Math.max(1, Math.floor(MOST_BYTES / bytesPerTask))))
    .map(twoDigits)
  return [...new Set(sizes)].filter(
    (size) => size * threads * 4 <= tasks && (size < automatic / 1.5 || size > automatic * 1.5),
  )
}

/** `4437` is `4400`. */
function twoDigits(size: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(size)) - 1)
  return Math.floor(size / unit) * unit
}
