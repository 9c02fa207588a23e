import type { PartWriter } from './part-writer.ts'
import { clockMs } from './clock.ts'

/** Tasks cheaper than this are timed together, ms: reading the clock costs 43 ns, as much as a cheap task. */
const WORTH_TIMING_MS = 0.05
/** So that a slow task hides among few. */
const MAX_GROUP = 16

/** Times consecutive sync tasks in groups, and gives each task of a group the group's mean. */
export class GroupClock {
  readonly #writer: PartWriter
  #tasks = 0
  #size = 1
  #startedAt = clockMs()

  constructor(writer: PartWriter) {
    this.#writer = writer
  }

  /** So many more tasks were settled. */
  add(tasks: number = 1): void {
    this.#tasks += tasks
  }

  /** As many more fit into the group. */
  get room(): number {
    return this.#size - this.#tasks
  }

  /** When the group began. */
  get startedAt(): number {
    return this.#startedAt
  }

  /** The group is full: the clock is to be read. */
  get isDue(): boolean {
    return this.#tasks >= this.#size
  }

  /** Ends the group, and returns the time. */
  close(): number {
    const now = clockMs()
    if (this.#tasks > 0) {
      const meanMs = (now - this.#startedAt) / this.#tasks
      this.#writer.time(this.#tasks, meanMs)
      this.#size = Math.max(1, Math.min(MAX_GROUP, Math.floor(WORTH_TIMING_MS / meanMs)))
    }
    this.#tasks = 0
    this.#startedAt = now
    return now
  }

  /** The time since the last task belongs to nobody. */
  restart(now: number): void {
    this.#startedAt = now
  }
}
