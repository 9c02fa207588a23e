import * as atomics from './atomics.ts'
import { ABANDONED, CURRENT, RESTING, STOPPED, cellOf } from '../cells.ts'
import type { OutcomePart } from '../outcome-columns.ts'
import type { RunShard, ShardEnded, ShardPayload } from '../protocol.ts'
import type { LoadedVerifier } from './loaded-verifier.ts'
import { GroupClock } from './group-clock.ts'
import { AsyncAnswers } from './async-answers.ts'
import { ChainRunner } from './chain/chain-runner.ts'
import { shortestTimeoutMs } from './loaded-verifier.ts'
import { Change } from './change.ts'
import { CheckColumns } from './check-columns.ts'
import { GroupPrefetch } from './group-prefetch.ts'
import { OutcomeStream } from './outcome-stream.ts'
import { PendingTasks } from './pending-tasks.ts'
import type { Age, PendingTask, StartedTask } from './pending-tasks.ts'
import { readRecords } from './read-records.ts'
import { ShardLines } from './shard-lines.ts'
import { TaskAnswers } from './task-answers.ts'
import { nameTask } from './console-to-stderr.ts'
import { clockMs, nextTurn } from './clock.ts'
import type { LoadedReducer } from './folding/loaded-reducer.ts'
import { reducerFor, withFold, writerFor } from './folding/open-fold.ts'
import type { ThreadReducers } from './folding/thread-reducers.ts'
import { heapMb } from './heap.ts'
import type { ThreadLimits } from './limits/thread-limits.ts'
import { Overtime } from './overtime.ts'
import { TaskSlots } from './task-slots.ts'
import { TaskStarter } from './task-starter.ts'
import { TASK_IS_OVER } from './task-errors.ts'
import { tamed } from './tamed.ts'

/** A macrotask is let in this often, ms: messages, timers of earlier tasks, sockets. */
const YIELD_EVERY_MS = 10

/** The thread in which a loop runs. */
export interface LoopThread {
  readonly cells: Int32Array
  readonly limits: ThreadLimits
  readonly reducers: ThreadReducers
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
  readonly #chain: ChainRunner | undefined
  readonly #starter: TaskStarter
  readonly #verifier: LoadedVerifier
  readonly #reducers: ThreadReducers
  #prefetch: GroupPrefetch | undefined
  /** Index into the ranges. */
  #range = 0
  #stopped = false
  #lastYield = 0
  readonly #change = new Change()

  constructor(message: RunShard, verifier: LoadedVerifier, thread: LoopThread) {
    const { cells, limits } = thread
    this.#message = message
    this.#verifier = verifier
    this.#cells = cells
    this.#reducers = thread.reducers
    this.#outcomes = new OutcomeStream(writerFor(message), thread.post)
    const { writer } = this.#outcomes
    this.#clock = new GroupClock(writer)
    this.#slots = new TaskSlots(cells, message.traceFile)
    const { concurrency } = message
    const timeoutMs = shortestTimeoutMs(verifier.chain, message.timeoutMs)
    const bounds = { concurrency, timeoutMs, found: message.isFound ? verifier.found : undefined }
    this.#pending = new PendingTasks(cells, this.#slots, bounds, () => this.#overtime.check())
    this.#overtime = new Overtime(message, cells, this.#outcomes, this.#pending, {
      stop: () => (this.#stopped = true),
      changed: () => this.#change.happened(),
    })
    const answers = new TaskAnswers(verifier, writer, message)
    const parts = {
      cells,
      writer,
      clock: this.#clock,
      pending: this.#pending,
      slots: this.#slots,
      answers,
      ends: new AsyncAnswers(answers, writer),
      limits,
      startedAsync: (started: StartedTask, answer: PromiseLike<unknown>) => this.#startedAsync(started, answer),
    }
    if (verifier.chain !== undefined) {
      writer.checks = new CheckColumns(verifier.chain.length)
      this.#chain = new ChainRunner(verifier.chain, message, parts)
    }
    this.#starter = new TaskStarter(message, verifier, cells, { ...parts, chain: this.#chain })
  }

  get assignment(): number {
    return this.#message.assignment
  }

  /** Resolves when nothing of the shard is left in this thread. */
  async run(): Promise<Omit<ShardEnded, 'buffer'>> {
    const startedAt = clockMs()
    this.#lastYield = startedAt
    const { assignment, payload, fold } = this.#message
    atomics.store(this.#cells, CURRENT, cellOf(assignment))
    // Taken back before it was begun, it has nothing to be cut.
    const isStopped = atomics.load(this.#cells, this.#message.gate) === STOPPED
    if (isStopped || this.#overtime.isFull) this.#stopped = true
    else
      this.#open(
        payload,
        fold && (await reducerFor(fold, this.#reducers, this.#change.next(), () => this.#pending.beat())),
      )
    for (;;) {
      const step = this.#advance()
      if (step === 'exhausted') break
      if (step === 'yield') await this.#macrotask()
      else await this.#change.next()
    }
    this.#pending.stop()
    const now = clockMs()
    return {
      type: 'ended',
      assignment,
      part: this.#outcomes.takeRest(),
      suspects: this.#overtime.suspects,
      abandoned: atomics.load(this.#cells, ABANDONED),
      busyMs: now - startedAt,
      atOnce: this.#pending.atOnce,
      heapMb: heapMb(now),
    }
  }

  #open(payload: ShardPayload, reducer: LoadedReducer | undefined): void {
    const { chain, prefetch } = this.#verifier
    const hooks = chain === undefined ? [prefetch] : chain.map((check) => check.verifier.prefetch)
    const shard = { records: readRecords(payload), message: this.#message, cells: this.#cells }
    this.#prefetch = GroupPrefetch.of(hooks, shard, {
      rest: () => this.#rest(),
      beat: () => this.#pending.beat(),
      changed: () => {
        this.#clock.restart(clockMs()) // it is no task's time
        this.#change.happened()
      },
    })
    if (reducer !== undefined) this.#clock.restart(clockMs()) // that it was waited for is no task's time
    const { writer } = this.#outcomes
    const terms = chain?.map((check) => check.terms)
    const records = withFold(this.#prefetch?.records ?? shard.records, writer, reducer, this.#message, terms)
    this.#starter.records = records
    const { lines } = this.#message
    if (lines !== undefined) writer.lines = new ShardLines(lines, records, this.#message, terms)
  }

  /** Fires the signals of what is running; what has not ended after the grace is `aborted`. */
  abort(error: Error, graceMs: number): void {
    this.#stopped = true
    this.#prefetch?.abort(error)
    this.#chain?.abort(error)
    this.#overtime.abort(error, graceMs)
    this.#change.happened()
  }

  /** The same for one task; one that has not begun does not begin. */
  abortTask(position: number, error: Error, graceMs: number): void {
    const isRunning = this.#overtime.abortTask(position, error, graceMs)
    if (this.#chain?.abortTask(position, error) === true) return this.#change.happened()
    if (isRunning) return
    this.#starter.withdraw(position, error)
  }

  /** Starts tasks until there is a reason to let go of the thread. */
  #advance(): Step {
    const { ranges } = this.#message
    atomics.store(this.#cells, RESTING, 0)
    for (;;) {
      // What has begun goes on before anything else begins.
      if (this.#chain?.hasReady === true) {
        this.#goOn(this.#chain)
        if (this.#isTimeToYield()) return 'yield'
        continue
      }
      if (this.#stopped || this.#range >= ranges.length) break
      if (this.#starter.next >= ranges[this.#range + 1]!) {
        this.#range += 2
        this.#starter.next = ranges[this.#range] ?? 0
        continue
      }
      if (this.#pending.isFull) return this.#wait()
      this.#pending.join()
      const to = ranges[this.#range + 1]!
      const end = this.#prefetch === undefined ? to : this.#prefetch.reaches(this.#starter.next, to, this.#starter)
      if (end === undefined) return this.#wait()
      if (!this.#starter.start(end)) break
      if (this.#clock.isDue && this.#isTimeToYield()) return 'yield'
    }
    this.#stopped = true
    if (this.#pending.size > 0) return this.#wait()
    if (this.#chain?.openBarrier() === true) return this.#advance()
    this.#clock.close()
    this.#rest()
    return 'exhausted'
  }

  /** A task of a chain whose checks wait for nothing any more. */
  #goOn(chain: ChainRunner): void {
    this.#clock.close()
    chain.goOn()
    this.#clock.restart(clockMs()) // what it took is said check by check
  }

  #startedAsync(started: StartedTask, answer: PromiseLike<unknown>): PendingTask {
    this.#clock.close()
    const task = this.#pending.add(started)
    const { abortReason } = this.#overtime
    if (abortReason !== undefined) task.context.abort(abortReason.error)
    tamed(answer).then(
      (value) => this.#ended(task, (age) => task.ends.answered(task, value, age)),
      (error: unknown) => this.#ended(task, (age) => task.ends.rejected(task, error, age, this.#overtime.abortReason)),
    )
    return task
  }

  /** An async task came to its end: settle it, unless that was done over its head. */
  #ended(task: PendingTask, settle: (age: Age) => void): void {
    const now = clockMs()
    const wasPending = this.#pending.remove(task, () => {
      const age = this.#pending.age(task, now)
      try {
        settle(age)
      } catch (error) {
        // A hostile answer; what was written of it stays unwritten.
        task.ends.hostile(task, error, age)
      }
    })
    if (!wasPending) {
      atomics.sub(this.#cells, ABANDONED, 1)
      return
    }
    task.context.settled(TASK_IS_OVER)
    this.#clock.restart(now)
    this.#outcomes.postIfDue(now)
    this.#stopIfFull()
    this.#change.happened()
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
    if ((this.#slots.isTraced || this.#chain !== undefined) && this.#pending.hasSlot)
      this.#slots.store(this.#pending.nextSlot, 0)
    this.#pending.beat()
  }

  /** About to wait for a pending task: nothing may lie here longer than a few milliseconds. */
  #wait(): Step {
    this.#rest()
    this.#pending.look(this.#change.happened)
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
}
