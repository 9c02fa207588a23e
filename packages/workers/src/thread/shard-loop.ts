import { ABANDONED, STOP } from '../cells.ts'
import { ABORTED, ERRORED, TIMED_OUT } from '../outcome-columns.ts'
import type { OutcomePart } from '../outcome-columns.ts'
import type { RunShard, ShardEnded } from '../protocol.ts'
import { toVerdict } from '../verdict.ts'
import type { LoadedVerifier } from './verifier-loader.ts'
import { GroupClock } from './group-clock.ts'
import { OutcomeStream } from './outcome-stream.ts'
import { PendingTasks } from './pending-tasks.ts'
import type { PendingTask, StartedTask } from './pending-tasks.ts'
import { readRecords } from './records.ts'
import type { Records } from './records.ts'
import { TaskContext } from './task-context.ts'
import type { ShardContext } from './task-context.ts'
import { badVerdict, timedOut } from './task-errors.ts'
import { inTask, nameTask } from './console-to-stderr.ts'
import { TaskSlots } from './task-slots.ts'
import { clockMs, nextTurn, startTimer } from './clock.ts'

/** A macrotask is let in this often, ms: messages, timers of earlier tasks, sockets. */
const YIELD_EVERY_MS = 10
/** A thread with this many tasks that never ended takes no more work; it will be started anew. */
const MAX_ABANDONED = 16

/** What a step of the loop came to. */
type Step = 'yield' | 'wait' | 'exhausted'

/** Runs one shard in this thread: starts its tasks in order, settles each once, and posts outcomes while it runs. */
export class ShardLoop {
  readonly #message: RunShard
  readonly #verifier: LoadedVerifier
  readonly #cells: Int32Array
  readonly #shard: ShardContext
  readonly #outcomes: OutcomeStream
  readonly #clock: GroupClock
  readonly #pending: PendingTasks
  readonly #slots: TaskSlots
  readonly #suspects: number[] = []
  #records!: Records
  /** Index into the ranges, and the next position to start. */
  #range = 0
  #next = 0
  #stopped = false
  /** The verifier has returned a promise before: worth tracking which task prints. */
  #isAsync = false
  #lastYield = 0
  #abortReason: { error: Error } | undefined
  #wake: (() => void) | undefined

  constructor(message: RunShard, verifier: LoadedVerifier, cells: Int32Array, post: (part: OutcomePart) => void) {
    this.#message = message
    this.#verifier = verifier
    this.#cells = cells
    this.#outcomes = new OutcomeStream(post)
    this.#clock = new GroupClock(this.#outcomes.writer)
    const file = message.payload.kind === 'text' ? message.payload.file : undefined
    this.#shard = { state: verifier.state, config: verifier.config, attempt: message.attempt, file }
    this.#slots = new TaskSlots(cells, message.traceFile)
    this.#pending = new PendingTasks(cells, this.#slots, message, () => this.#expire())
    this.#next = message.ranges[0] ?? 0
  }

  get assignment(): number {
    return this.#message.assignment
  }

  /** Resolves when nothing of the shard is left in this thread. */
  async run(): Promise<Omit<ShardEnded, 'buffer'>> {
    const startedAt = clockMs()
    this.#lastYield = startedAt
    this.#records = readRecords(this.#message.payload)
    for (;;) {
      const step = this.#advance()
      if (step === 'exhausted' && this.#pending.size === 0) break
      if (step === 'yield') await this.#macrotask()
      else await this.#change()
    }
    this.#pending.stop()
    this.#outcomes.post(clockMs())
    return {
      type: 'ended',
      assignment: this.#message.assignment,
      suspects: this.#suspects,
      abandoned: Atomics.load(this.#cells, ABANDONED),
      busyMs: clockMs() - startedAt,
    }
  }

  /** Fires the signals of what is running; what has not ended after the grace is `aborted`. */
  abort(error: Error, graceMs: number): void {
    if (this.#abortReason !== undefined) return
    this.#abortReason = { error }
    this.#stopped = true
    for (const task of this.#pending) task.context.abort(error)
    const timer = startTimer(() => {
      for (const task of this.#pending) this.#settleOver(task, ABORTED, error)
    }, graceMs)
    timer.unref()
    this.#changed()
  }

  /** Starts tasks until there is a reason to let go of the thread. */
  #advance(): Step {
    const { ranges, base } = this.#message
    while (!this.#stopped && this.#range < ranges.length) {
      if (this.#next >= ranges[this.#range + 1]!) {
        this.#range += 2
        this.#next = ranges[this.#range] ?? 0
        continue
      }
      if (this.#pending.isFull) return this.#wait()
      const slot = this.#pending.nextSlot
      const position = this.#next
      // The slot first, STOP second: see cells.ts. The main thread lowers STOP before it reads the slots.
      this.#slots.store(slot, position + 1)
      if (position >= Atomics.load(this.#cells, STOP)) {
        this.#slots.store(slot, 0)
        break
      }
      this.#next = position + 1
      this.#start(position, position - base)
      if (this.#clock.isDue && this.#isTimeToYield()) return 'yield'
    }
    this.#stopped = true
    if (this.#pending.size > 0) return this.#wait()
    this.#clock.close()
    this.#rest()
    return 'exhausted'
  }

  #start(position: number, ordinal: number): void {
    const records = this.#records
    let id: unknown
    // An async task is timed from before its call: what it does before its first await is its own time too.
    const startedAt = this.#isAsync ? this.#clock.close() : this.#clock.startedAt
    try {
      const item = records.item(ordinal)
      id = records.id(ordinal, item)
      const context = new TaskContext(this.#shard, records.index(ordinal), records.line(ordinal))
      const answer = this.#isAsync
        ? inTask(context.index, () => this.#verifier.verify(item, context))
        : this.#verifySync(item, context)
      if (isThenable(answer)) this.#startedAsync({ position, id, context, startedAt }, answer)
      else {
        this.#settle(position, id, answer)
        this.#clock.add()
      }
    } catch (error) {
      this.#outcomes.writer.unsuccessful(position, ERRORED, error, id)
      this.#clock.add()
    }
  }

  #verifySync(item: unknown, context: TaskContext): unknown {
    nameTask(context.index)
    return this.#verifier.verify(item, context)
  }

  #startedAsync(started: StartedTask, answer: PromiseLike<unknown>): void {
    this.#isAsync = true
    this.#clock.close()
    const task = this.#pending.add(started)
    if (this.#abortReason !== undefined) task.context.abort(this.#abortReason.error)
    // Promise.resolve() also tames a `then` that throws or calls back twice.
    Promise.resolve(answer).then(
      (value) => this.#ended(task, () => this.#settle(task.position, task.id, value)),
      (error: unknown) => this.#ended(task, () => this.#threw(task, error)),
    )
  }

  /** An async task came to its end: settle it, unless that was done over its head. */
  #ended(task: PendingTask, settle: () => void): void {
    if (!this.#pending.remove(task)) {
      Atomics.sub(this.#cells, ABANDONED, 1)
      return
    }
    try {
      settle()
    } catch (error) {
      // A hostile answer; what was written of it stays unwritten.
      this.#outcomes.writer.unsuccessful(task.position, ERRORED, error, task.id)
    }
    const now = clockMs()
    this.#outcomes.writer.time(1, now - task.startedAt)
    this.#clock.restart(now)
    this.#outcomes.postIfDue(now)
    this.#stopIfFull()
    this.#changed()
  }

  /** The values that were made fill this shard's share of what the run may hold: the rest of it comes again later. */
  #stopIfFull(): void {
    if (this.#outcomes.postedBytes > this.#message.maxValueBytes) this.#stopped = true
  }

  #threw(task: PendingTask, error: unknown): void {
    const wasAborted = this.#abortReason !== undefined && (error === this.#abortReason.error || isAbortError(error))
    this.#outcomes.writer.unsuccessful(task.position, wasAborted ? ABORTED : ERRORED, error, task.id)
  }

  #settle(position: number, id: unknown, answer: unknown): void {
    const verdict = toVerdict(answer)
    if (verdict !== undefined) this.#outcomes.writer.completed(position, verdict, id)
    else this.#outcomes.writer.unsuccessful(position, ERRORED, badVerdict(answer), id)
  }

  /** Settles a task that has not ended; it is abandoned. */
  #settleOver(task: PendingTask, status: number, error: Error): void {
    const now = clockMs()
    const isNew = this.#pending.abandon(task, () => {
      // Posted first: the listeners of its signal are the user's, and may throw, which ends the thread.
      this.#outcomes.writer.unsuccessful(task.position, status, error, task.id)
      this.#outcomes.writer.time(1, now - task.startedAt)
      this.#outcomes.post(now)
      task.context.abort(error)
    })
    if (!isNew) return
    if (Atomics.load(this.#cells, ABANDONED) >= MAX_ABANDONED) this.#stopped = true
    this.#changed()
  }

  /** At each beat: which pending tasks are due? */
  #expire(): void {
    const now = clockMs()
    const due = [...this.#pending].filter((task) => this.#verdictOfClock(task, now) !== 'runs')
    if (due.length === 0) return
    // Answers that are ready come first: a timer runs before the sockets are read, so one whole turn is let pass.
    nextTurn(() => nextTurn(() => this.#expireNow(due)))
  }

  #expireNow(due: readonly PendingTask[]): void {
    const now = clockMs()
    for (const task of due) {
      const verdict = this.#verdictOfClock(task, now)
      if (verdict === 'late') this.#settleOver(task, TIMED_OUT, timedOut(this.#message.timeoutMs))
      else if (verdict === 'suspect') this.#suspect(task)
    }
  }

  #suspect(task: PendingTask): void {
    const isNew = this.#pending.abandon(task, () => {
      this.#suspects.push(task.position)
      task.context.abort(timedOut(this.#message.timeoutMs))
    })
    if (isNew) this.#changed()
  }

  /**
   * `late`: its own time is over. `suspect`: twice the timeout has passed, but the loop stood still for so much of it
   * that it may be a neighbour's time. A task that cannot have a neighbour owns all the time that passes.
   */
  #verdictOfClock(task: PendingTask, now: number): 'runs' | 'late' | 'suspect' {
    const { timeoutMs, alone, concurrency } = this.#message
    const { wallMs, chargedMs } = this.#pending.age(task, now)
    const isSole = alone || (concurrency === 1 && Atomics.load(this.#cells, ABANDONED) === 0)
    if ((isSole ? wallMs : chargedMs) >= timeoutMs) return 'late'
    return wallMs >= 2 * timeoutMs ? 'suspect' : 'runs'
  }

  /** Posts what is due, and says whether a macrotask should be let in; called between tasks, at most once a group. */
  #isTimeToYield(): boolean {
    const now = this.#clock.close()
    this.#outcomes.postIfDue(now)
    this.#stopIfFull()
    if (now - this.#lastYield < YIELD_EVERY_MS) return false
    this.#lastYield = now
    this.#outcomes.post(now)
    this.#rest()
    return true
  }

  /** Lets go of the thread: no sync task is running, and an error that comes up now is nobody's. */
  #rest(): void {
    nameTask(undefined)
    if (!this.#pending.isFull) this.#slots.store(this.#pending.nextSlot, 0)
    this.#pending.beat()
  }

  /** About to wait for a pending task: nothing may lie here longer than a few milliseconds. */
  #wait(): Step {
    this.#rest()
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

  #changed(): void {
    this.#wake?.()
    this.#wake = undefined
  }
}

function isThenable(answer: unknown): answer is PromiseLike<unknown> {
  return typeof answer === 'object' && answer !== null && 'then' in answer && typeof answer.then === 'function'
}

function isAbortError(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}
