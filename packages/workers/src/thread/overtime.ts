import * as atomics from './atomics.ts'
import { ABANDONED, MAX_ABANDONED } from '../cells.ts'
import { ABORTED, TIMED_OUT } from '../outcome-columns.ts'
import type { RunShard } from '../protocol.ts'
import { clockMs, nextTurn, startTimer } from './clock.ts'
import type { OutcomeStream } from './outcome-stream.ts'
import type { PendingTask, PendingTasks } from './pending-tasks.ts'
import { timedOut } from './task-errors.ts'

/** What the loop has to hear of. */
export interface OvertimeListener {
  /** Nothing more may be started. */
  stop(): void
  /** A pending task was settled. */
  changed(): void
}

/** Ends a shard's async tasks over their heads: those whose time is over, and after an abort all that do not end. */
export class Overtime {
  /** Marks of what may have held the event loop: each task has to run alone. */
  readonly suspects: number[] = []
  /** Why what runs was told to end. */
  abortReason: { readonly error: Error } | undefined
  readonly #message: RunShard
  readonly #cells: Int32Array
  readonly #outcomes: OutcomeStream
  readonly #pending: PendingTasks
  readonly #listener: OvertimeListener

  constructor(
    message: RunShard,
    cells: Int32Array,
    outcomes: OutcomeStream,
    pending: PendingTasks,
    listener: OvertimeListener,
  ) {
    this.#message = message
    this.#cells = cells
    this.#outcomes = outcomes
    this.#pending = pending
    this.#listener = listener
  }

  /** So many tasks of this thread have not ended that it takes no more. */
  get isFull(): boolean {
    return atomics.load(this.#cells, ABANDONED) >= MAX_ABANDONED
  }

  /** Fires the signals of what is running; what has not ended after the grace is `aborted`. */
  abort(error: Error, graceMs: number): void {
    if (this.abortReason !== undefined) return
    this.abortReason = { error }
    for (const task of this.#pending) task.context.abort(error)
    const timer = startTimer(() => {
      for (const task of this.#pending) this.#settleOver(task, ABORTED, error)
    }, graceMs)
    timer.unref()
  }

  /** The same for one of them. @returns whether it is running */
  abortTask(position: number, error: Error, graceMs: number): boolean {
    const tasks = [...this.#pending].filter((pending) => pending.position === position)
    for (const task of tasks) {
      task.context.abort(error)
      startTimer(() => this.#settleOver(task, ABORTED, error), graceMs).unref()
    }
    return tasks.length > 0
  }

  /** Looks which pending tasks are due. */
  check(): void {
    const now = clockMs()
    const due = [...this.#pending].filter((task) => this.#verdictOfClock(task, now) !== 'runs')
    if (due.length === 0) return
    // Answers that are ready come first: a timer runs before the sockets are read, so one whole turn is let pass.
    nextTurn(() => nextTurn(() => this.#expire(due)))
  }

  #expire(due: readonly PendingTask[]): void {
    const now = clockMs()
    for (const task of due) {
      const verdict = this.#verdictOfClock(task, now)
      if (verdict === 'late') this.#settleOver(task, TIMED_OUT, timedOut(task.timeoutMs))
      else if (verdict === 'suspect') this.#suspect(task)
    }
  }

  /** Settles a task that has not ended; it is abandoned. */
  #settleOver(task: PendingTask, status: number, error: Error): void {
    const now = clockMs()
    const isNew = this.#pending.abandon(task, () => {
      // Posted first: the listeners of its signal are the user's, and may throw, which ends the thread.
      task.ends.over(task, status, error, this.#pending.age(task, now))
      this.#outcomes.post(now)
      task.context.settled(error)
      task.context.abort(error)
    })
    if (!isNew) return
    if (this.isFull) this.#listener.stop()
    this.#listener.changed()
  }

  #suspect(task: PendingTask): void {
    const isNew = this.#pending.abandon(task, () => {
      this.suspects.push(task.mark)
      task.ends.suspected(task)
      const error = timedOut(task.timeoutMs)
      task.context.settled(error)
      task.context.abort(error)
    })
    if (isNew) this.#listener.changed()
  }

  /**
   * `late`: its own time is over. `suspect`: twice the timeout has passed, but the loop stood still for so much of it
   * that it may be a neighbour's time. A task that has had no neighbour owns all the time that passes.
   */
  #verdictOfClock(task: PendingTask, now: number): 'runs' | 'late' | 'suspect' {
    const { alone } = this.#message
    const { timeoutMs } = task
    const { wallMs, chargedMs } = this.#pending.age(task, now)
    const isSole = alone || (task.isSole && atomics.load(this.#cells, ABANDONED) === 0)
    if ((isSole ? wallMs : chargedMs) >= timeoutMs) return 'late'
    return wallMs >= 2 * timeoutMs ? 'suspect' : 'runs'
  }
}
