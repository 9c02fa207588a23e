import * as atomics from './atomics.ts'
import { ABANDONED, CURRENT, RESTING, STOPPED, cellOf } from '../cells.ts'
import type { OutcomePart } from '../outcome-columns.ts'
import type { RunShard, ShardEnded, ShardPayload } from '../protocol.ts'
import type { LoadedVerifier } from './verifier-loader.ts'
import type { FoundConcurrency } from './found-concurrency.ts'
import { GroupClock } from './group-clock.ts'
import { OutcomeStream } from './outcome-stream.ts'
import { PendingTasks } from './pending-tasks.ts'
import type { PendingTask, StartedTask } from './pending-tasks.ts'
import { Prefetching } from './prefetching.ts'
import type { Records } from './record-list.ts'
import { readRecords } from './read-records.ts'
import { ShardLines } from './shard-lines.ts'
import { TaskAnswers } from './task-answers.ts'
import { nameTask } from './console-to-stderr.ts'
import { clockMs, nextTurn } from './clock.ts'
import { heapMb } from './heap.ts'
import type { ThreadLimits } from './limits/thread-limits.ts'
import { Overtime } from './overtime.ts'
import { TaskSlots } from './task-slots.ts'
import { TaskStarter } from './task-starter.ts'

/** A macrotask is let in this often, ms: messages, timers of earlier tasks, sockets. */
const YIELD_EVERY_MS = 10

/** What a call through a limit is rejected with that its verifier has not waited for. */
const TASK_IS_OVER = new Error('the task that made this call is over: its verifier has not waited for it')

/** The thread in which a loop runs. */
export interface LoopThread {
  readonly cells: Int32Array
  readonly limits: ThreadLimits
  /** Outcomes of the shard, while it runs. */
  readonly post: (part: OutcomePart) => void
}

/** What a step of the loop came to. */
type Step = 'yield' | 'wait' | 'exhausted'

/** Runs one shard in this thread: starts its tasks in order, settles each once, and posts outcomes while it runs. */
export class ShardLoop {
  readonly #message: RunShard
  readonly #cells: Int32Array
  readonly #outcomes: OutcomeStream
  readonly #clock: GroupClock
  readonly #pending: PendingTasks
  readonly #overtime: Overtime
  readonly #slots: TaskSlots
  readonly #answers: TaskAnswers
  readonly #starter: TaskStarter
  readonly #verifier: LoadedVerifier
  /** How many are worth running at once, if that is to be found out. */
  readonly #found: FoundConcurrency | undefined
  #prefetching: Prefetching | undefined
  /** Index into the ranges. */
  #range = 0
  #stopped = false
  #lastYield = 0
  #wake: (() => void) | undefined

  constructor(message: RunShard, verifier: LoadedVerifier, thread: LoopThread) {
    const { cells } = thread
    this.#message = message
    this.#verifier = verifier
    this.#cells = cells
    this.#found = message.isFound ? verifier.found : undefined
    this.#outcomes = new OutcomeStream(thread.post)
    this.#clock = new GroupClock(this.#outcomes.writer)
    this.#answers = new TaskAnswers(verifier, this.#outcomes.writer, message)
    this.#slots = new TaskSlots(cells, message.traceFile)
    this.#pending = new PendingTasks(cells, this.#slots, message, () => this.#overtime.check())
    this.#overtime = new Overtime(message, cells, this.#outcomes, this.#pending, {
      stop: () => (this.#stopped = true),
      changed: () => this.#changed(),
    })
    this.#starter = new TaskStarter(message, verifier, cells, {
      writer: this.#outcomes.writer,
      clock: this.#clock,
      pending: this.#pending,
      slots: this.#slots,
      answers: this.#answers,
      limits: thread.limits,
      startedAsync: (started, answer) => this.#startedAsync(started, answer),
    })
  }

  get assignment(): number {
    return this.#message.assignment
  }

  /** Resolves when nothing of the shard is left in this thread. */
  async run(): Promise<Omit<ShardEnded, 'buffer'>> {
    const startedAt = clockMs()
    this.#lastYield = startedAt
    const { assignment, payload } = this.#message
    atomics.store(this.#cells, CURRENT, cellOf(assignment))
    // Taken back before it was begun, it has nothing to be cut.
    const isStopped = atomics.load(this.#cells, this.#message.gate) === STOPPED
    if (isStopped || this.#overtime.isFull) this.#stopped = true
    else this.#open(payload)
    for (;;) {
      const step = this.#advance()
      if (step === 'exhausted' && this.#pending.size === 0) break
      if (step === 'yield') await this.#macrotask()
      else await this.#change()
    }
    this.#pending.stop()
    this.#found?.look(0, this.#message.concurrency, this.#changed)
    const now = clockMs()
    return {
      type: 'ended',
      assignment,
      part: this.#outcomes.takeRest(),
      suspects: this.#overtime.suspects,
      abandoned: atomics.load(this.#cells, ABANDONED),
      busyMs: now - startedAt,
      atOnce: this.#atOnce,
      heapMb: heapMb(now),
    }
  }

  #open(payload: ShardPayload): void {
    const records = this.#withPrefetch(readRecords(payload))
    this.#starter.records = records
    const { lines } = this.#message
    if (lines !== undefined) this.#outcomes.writer.lines = new ShardLines(lines, records, this.#message)
  }

  #withPrefetch(records: Records): Records {
    const { prefetch } = this.#verifier
    if (prefetch === undefined) return records
    this.#prefetching = new Prefetching(records, prefetch, {
      beat: () => this.#pending.beat(),
      changed: () => {
        this.#clock.restart(clockMs()) // it is no task's time
        this.#changed()
      },
    })
    return this.#prefetching
  }

  /** Fires the signals of what is running; what has not ended after the grace is `aborted`. */
  abort(error: Error, graceMs: number): void {
    this.#stopped = true
    this.#prefetching?.abort(error)
    this.#overtime.abort(error, graceMs)
    this.#changed()
  }

  /** The same for one task; one that has not begun does not begin. */
  abortTask(position: number, error: Error, graceMs: number): void {
    if (this.#overtime.abortTask(position, error, graceMs)) return
    this.#starter.withdraw(position, error)
  }

  /** As many may be pending. */
  get #atOnce(): number {
    const { concurrency } = this.#message
    return this.#found === undefined ? concurrency : Math.min(this.#found.now, concurrency)
  }

  /** Starts tasks until there is a reason to let go of the thread. */
  #advance(): Step {
    const { ranges } = this.#message
    atomics.store(this.#cells, RESTING, 0)
    while (!this.#stopped && this.#range < ranges.length) {
      if (this.#starter.next >= ranges[this.#range + 1]!) {
        this.#range += 2
        this.#starter.next = ranges[this.#range] ?? 0
        continue
      }
      if (this.#pending.size >= this.#atOnce) return this.#wait()
      this.#pending.join()
      const to = ranges[this.#range + 1]!
      const end = this.#prefetching === undefined ? to : this.#prefetchedTo(this.#prefetching, to)
      if (end === undefined) return this.#wait()
      if (!this.#starter.start(end)) break
      if (this.#clock.isDue && this.#isTimeToYield()) return 'yield'
    }
    this.#stopped = true
    if (this.#pending.size > 0) return this.#wait()
    this.#clock.close()
    this.#rest()
    return 'exhausted'
  }

  /**
   * How far the tasks have been prefetched for, from the next one on; `undefined` while that is waited for.
   *
   * @param to - exclusive
   */
  #prefetchedTo(prefetching: Prefetching, to: number): number | undefined {
    const { base, gate } = this.#message
    const { next } = this.#starter
    const group = prefetching.at(next - base)
    if (group === undefined) {
      // The main thread may have taken the rest of it: nothing is fetched for what will not be started.
      if (atomics.load(this.#cells, gate) === STOPPED) return to
      if (!prefetching.isFetching) prefetching.fetch(next - base, to - base)
      return undefined
    }
    if ('error' in group) this.#starter.refuse(next, group.error, group.isLate)
    else this.#starter.prefetched = group.value
    return prefetching.end + base
  }

  #startedAsync(started: StartedTask, answer: PromiseLike<unknown>): void {
    this.#clock.close()
    const task = this.#pending.add(started)
    const { abortReason } = this.#overtime
    if (abortReason !== undefined) task.context.abort(abortReason.error)
    // Promise.resolve() also tames a `then` that throws or calls back twice.
    Promise.resolve(answer).then(
      (value) => this.#ended(task, () => this.#answers.answered(task.position, task.id, value)),
      (error: unknown) => this.#ended(task, () => this.#answers.rejected(task, error, this.#overtime.abortReason)),
    )
  }

  /** An async task came to its end: settle it, unless that was done over its head. */
  #ended(task: PendingTask, settle: () => void): void {
    if (!this.#pending.remove(task)) {
      atomics.sub(this.#cells, ABANDONED, 1)
      return
    }
    try {
      settle()
    } catch (error) {
      // A hostile answer; what was written of it stays unwritten.
      this.#answers.hostile(task.position, task.id, error)
    }
    const now = clockMs()
    this.#outcomes.writer.time(1, this.#pending.age(task, now).wallMs)
    this.#outcomes.writer.waited(task.context.waitedMs)
    task.context.settled(TASK_IS_OVER)
    this.#clock.restart(now)
    this.#outcomes.postIfDue(now)
    this.#stopIfFull()
    this.#changed()
  }

  /** The values that were made fill this shard's share of what the run may hold: the rest of it comes again later. */
  #stopIfFull(): void {
    if (this.#outcomes.postedBytes > this.#message.maxValueBytes) this.#stopped = true
  }

  /** Posts what is due, and says whether a macrotask should be let in; called between tasks, at most once a group. */
  #isTimeToYield(): boolean {
    const now = this.#clock.close()
    this.#outcomes.postIfDue(now)
    this.#stopIfFull()
    if (now - this.#lastYield < YIELD_EVERY_MS) return false
    this.#lastYield = now
    this.#rest()
    return true
  }

  /** Lets go of the thread: no sync task is running, and an error that comes up now is nobody's. */
  #rest(): void {
    nameTask(undefined)
    atomics.store(this.#cells, RESTING, 1)
    if (this.#slots.isTraced && !this.#pending.isFull) this.#slots.store(this.#pending.nextSlot, 0)
    this.#pending.beat()
  }

  /** About to wait for a pending task: nothing may lie here longer than a few milliseconds. */
  #wait(): Step {
    this.#rest()
    this.#found?.look(this.#pending.size, this.#message.concurrency, this.#changed)
    const now = this.#clock.close()
    if (now - this.#lastYield >= YIELD_EVERY_MS) {
      this.#lastYield = now
      this.#outcomes.post(now)
      return 'yield'
    }
    this.#outcomes.postSoon(now)
    return 'wait'
  }

  async #macrotask(): Promise<void> {
    await new Promise((resolve) => nextTurn(resolve))
    this.#clock.restart(clockMs())
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  readonly #changed = (): void => {
    this.#wake?.()
    this.#wake = undefined
  }
}
