import * as atomics from './atomics.ts'
import { ABANDONED, BEAT, FIRST_SLOT } from '../cells.ts'
import type { RunShard } from '../protocol.ts'
import type { FoundConcurrency } from './found-concurrency.ts'
import type { CallContext } from './task-context.ts'
import type { TaskSlots } from './task-slots.ts'
import { clockMs, startBeat, stopBeat } from './clock.ts'

/** A task, or a check of one, whose verifier was called. */
export interface StartedTask {
  readonly position: number
  /** What stands for it in its slot: its position; of a check, the number of the checks before it in the shard. */
  readonly mark: number
  readonly id: unknown
  readonly context: CallContext
  readonly startedAt: number
  readonly timeoutMs: number
  readonly ends: TaskEnds
}

/** Who is told how a pending task has ended. */
export interface TaskEnds {
  /** @throws for a hostile answer, which throws when it is looked at; then nothing is noted */
  answered(task: PendingTask, value: unknown, age: Age): void
  hostile(task: PendingTask, error: unknown, age: Age): void
  /** @param abortReason - why what runs was told to end: then that is how it ended */
  rejected(task: PendingTask, error: unknown, age: Age, abortReason: { readonly error: Error } | undefined): void
  /** It has not ended, and is settled all the same. */
  over(task: PendingTask, status: number, error: Error, age: Age): void
  /** It has not ended, and has to run alone to be settled. */
  suspected(task: PendingTask): void
}

/** An async task whose promise has not settled. */
export interface PendingTask extends StartedTask {
  readonly slot: number
  /** What {@link PendingTasks.frozenMs} was when it started. */
  readonly frozenAtStart: number
  /** Nothing was begun beside it so far: all the time that passes is its own. */
  isSole: boolean
}

/** How many may be pending, and for how long. */
export interface PendingBounds extends Pick<RunShard, 'concurrency' | 'timeoutMs'> {
  /** Of these, how many are worth it, if that is to be found out. */
  readonly found: FoundConcurrency | undefined
}

/** How long a pending task has run, without its waits for permits: all of it, and what may be charged to it. */
export interface Age {
  readonly wallMs: number
  readonly chargedMs: number
}

/**
 * The async tasks that run in this thread for one shard, their slots in the cells, and their clock.
 *
 * With several of them pending nobody can say whose continuation held the event loop, so time in which the loop stood
 * still is charged to none of them. A beat, which is a timer, measures it: what a beat comes late is time that stood
 * still. Each beat also moves the BEAT cell, by which the main thread sees that the loop turns.
 */
export class PendingTasks {
  readonly #cells: Int32Array
  readonly #slots: TaskSlots
  readonly #concurrency: number
  readonly #found: FoundConcurrency | undefined
  readonly #freeSlots: number[]
  /** In the order of starting. */
  readonly #tasks = new Set<PendingTask>()
  readonly #beatMs: number
  readonly #onBeat: () => void
  #timer: NodeJS.Timeout | undefined
  #lastBeat = 0
  /** The one that is sole, if one is. */
  #sole: PendingTask | undefined
  /** Time in which the event loop stood still, ms, since this object was made. */
  frozenMs = 0

  constructor(
    cells: Int32Array,
    slots: TaskSlots,
    { concurrency, timeoutMs, found }: PendingBounds,
    onBeat: () => void,
  ) {
    this.#concurrency = concurrency
    this.#found = found
    this.#cells = cells
    this.#slots = slots
    this.#freeSlots = Array.from({ length: concurrency }, (_, i) => FIRST_SLOT + concurrency - 1 - i)
    // An eighth of the timeout is how late an expiry may be noticed; 50 ms keeps the thread's idle cost at nothing.
    this.#beatMs = Math.max(2, Math.min(50, Math.ceil(timeoutMs / 8)))
    this.#onBeat = onBeat
  }

  get size(): number {
    return this.#tasks.size
  }
  /** As many run as may. */
  get isFull(): boolean {
    return this.#tasks.size >= this.atOnce
  }
  /** As many may. */
  get atOnce(): number {
    return this.#found === undefined ? this.#concurrency : Math.min(this.#found.now, this.#concurrency)
  }
  get hasSlot(): boolean {
    return this.#freeSlots.length > 0
  }
  /** The slot that the next task to start will use. */
  get nextSlot(): number {
    return this.#freeSlots[this.#freeSlots.length - 1]!
  }
  [Symbol.iterator](): IterableIterator<PendingTask> {
    return this.#tasks[Symbol.iterator]()
  }

  /** The task that was started last turned out to be async: it has a slot from now on. */
  add(started: StartedTask): PendingTask {
    const slot = this.#freeSlots.pop()!
    this.#slots.store(slot, started.mark + 1)
    const isSole = this.#tasks.size === 0
    const task: PendingTask = { ...started, slot, frozenAtStart: this.frozenMs, isSole }
    if (isSole) this.#sole = task
    this.#tasks.add(task)
    this.beat()
    if (this.#timer === undefined) {
      this.#lastBeat = clockMs()
      this.#timer = startBeat(() => this.#tick(), this.#beatMs)
    }
    return task
  }

  /** Something else is about to run beside what is pending: whose time it is nobody can say from now on. */
  join(): void {
    if (this.#sole === undefined) return
    this.#sole.isSole = false
    this.#sole = undefined
  }

  /** The task has ended: it is settled, if it was still pending. @returns whether it was */
  remove(task: PendingTask, settle: () => void): boolean {
    if (!this.#tasks.delete(task)) return false
    settle() // in its slot: what this calls of the user's may block
    this.#free(task)
    return true
  }

  #free(task: PendingTask): void {
    if (this.#sole === task) this.#sole = undefined
    this.#slots.store(task.slot, 0)
    this.#freeSlots.push(task.slot)
    this.beat()
  }

  /** The task was settled over its head; its slot is free although it has not ended. */
  abandon(task: PendingTask, settle: () => void): boolean {
    if (!this.#tasks.delete(task)) return false
    atomics.add(this.#cells, ABANDONED, 1)
    settle() // in its slot: what this calls of the user's may block
    this.#free(task)
    return true
  }

  age(task: PendingTask, now: number): Age {
    const wallMs = now - task.startedAt - task.context.waitedMs
    return { wallMs, chargedMs: wallMs - (this.frozenMs - task.frozenAtStart) }
  }

  /** To be told whenever they are waited for. @param stepped - it may be that more, or fewer, may run */
  look(stepped: () => void): void {
    this.#found?.look(this.#tasks.size, this.#concurrency, stepped)
  }

  /** Pairs with the main thread's ticker, which looks for a change. */
  beat(): void {
    atomics.add(this.#cells, BEAT, 1)
  }

  stop(): void {
    stopBeat(this.#timer)
    this.#timer = undefined
    this.look(() => {}) // none is left
  }

  #tick(): void {
    const now = clockMs()
    const late = now - this.#lastBeat - this.#beatMs
    if (late > 2) this.frozenMs += late
    this.#lastBeat = now
    this.beat()
    if (this.#tasks.size === 0) this.stop()
    else this.#onBeat()
  }
}
