import * as atomics from '../atomics.ts'
import { ABANDONED, MAX_ABANDONED } from '../../cells.ts'
import { CHECK_ERRORED, checkCode } from '../../check-ends.ts'
import { NO_VERDICT, TIMED_OUT } from '../../outcome-columns.ts'
import type { RunShard } from '../../protocol.ts'
import { PLAIN_PASS, toVerdict } from '../../verdict.ts'
import { letGo } from '../call-services.ts'
import { clockMs } from '../clock.ts'
import { inTask } from '../console-to-stderr.ts'
import type { ThreadLimits } from '../limits/thread-limits.ts'
import type { PartWriter } from '../part-writer.ts'
import type { PendingTask, PendingTasks, StartedTask } from '../pending-tasks.ts'
import { isThenable } from '../task-answers.ts'
import type { ShardContext } from '../task-context.ts'
import { badVerdict } from '../task-errors.ts'
import type { TaskSlots } from '../task-slots.ts'
import { ChainTask, pastOf } from './chain-task.ts'
import type { TaskPast, TaskPlace } from './chain-task.ts'
import { durationOf, waitOf } from './chain-outcome.ts'
import type { ChainOutcome } from './chain-outcome.ts'
import { CheckContext } from './check-context.ts'
import { RunningChecks } from './running-checks.ts'
import { CheckTimer } from './check-timer.ts'
import type { PrefetchFailure } from '../group-prefetch.ts'
import type { LoadedChain, LoadedCheck } from '../loaded-verifier.ts'

/** What the runner of a shard's chain needs of its loop. */
export interface ChainParts {
  readonly cells: Int32Array
  readonly writer: PartWriter
  readonly pending: PendingTasks
  readonly slots: TaskSlots
  readonly limits: ThreadLimits
  /** The check has returned a promise. */
  startedAsync(started: StartedTask, answer: PromiseLike<unknown>): PendingTask
}

/** An answer of a chain for one of its tasks: not all of its checks have ended yet. */
export const UNDER_WAY: unique symbol = Symbol('under way')

/**
 * Runs the checks of a shard's tasks: each task's as far as it goes at once; what waits for a promise goes on when that has
 * settled and the loop asks for it.
 */
export class ChainRunner {
  readonly #chain: LoadedChain
  readonly #message: RunShard
  readonly #with: ChainParts
  readonly #shards: readonly ShardContext[]
  readonly #past: TaskPast
  readonly #timer: CheckTimer
  /** Tasks that have begun and are not settled, by position. */
  readonly #open = new Map<number, ChainTask>()
  /** Of these: those that may be able to go on. */
  #ready: ChainTask[] = []
  readonly #running: RunningChecks
  #barriers = 0
  #prefetched: ChainTask['prefetched']
  readonly #lastBarrier: number
  /** Nothing is to be done between checks that simply pass. */
  readonly #isQuick: boolean
  #abortedBy: { readonly error: Error } | undefined

  constructor(chain: LoadedChain, message: RunShard, parts: ChainParts) {
    this.#chain = chain
    this.#message = message
    this.#with = parts
    this.#running = new RunningChecks(message, {
      ended: (task) => this.#ready.push(task),
      leftBehind: (task) => this.#settleNow(task),
      // It has to run alone: the task is not settled here, and what else runs of it is for nothing.
      suspected: (task) => this.#open.delete(task.position),
    })
    const file = message.payload.kind === 'text' ? message.payload.file : undefined
    const { attempt } = message
    this.#shards = chain.map(({ verifier: { state, config, host } }) => {
      return { state, config, attempt, file, limits: parts.limits, host, hasAsked: false, prefetched: undefined }
    })
    this.#timer = new CheckTimer(chain.length)
    this.#past = pastOf(chain, message, this.#timer.last)
    this.#isQuick = this.#past.isSimple && this.#past.earlierOf === undefined && !message.alone
    this.#lastBarrier = chain.reduce((most, { terms }) => Math.max(most, terms.barriers), 0)
  }

  /** A task may be able to go on. */
  get hasReady(): boolean {
    return this.#ready.length > 0 && !this.#isFull
  }

  /** For the tasks that begin next. @param failures - of the very next, which is by itself then */
  prefetchedFor(prefetched: readonly unknown[], failures: readonly PrefetchFailure[]): void {
    this.#prefetched = { byCheck: prefetched, failures }
  }

  /**
   * The answer for a task: its outcome, or {@link UNDER_WAY}.
   *
   * @param place - the context of the task, which no check is given
   */
  verify(item: unknown, place: TaskPlace, position: number): unknown {
    const task = new ChainTask(this.#past, position, item, place, this.#prefetched)
    this.#timer.begin()
    if (this.#isQuick && !this.#timer.isTimed && !hasFailures(task)) this.#passInARow(task)
    if (task.isSettled || this.#advance(task)) return this.#outcomeOf(task)
    task.open = { id: undefined, abortedBy: this.#abortedBy }
    this.#open.set(position, task)
    return UNDER_WAY
  }

  /** The task that was answered with {@link UNDER_WAY}. */
  identify(position: number, id: unknown): void {
    this.#open.get(position)!.open!.id = id
  }

  /** Goes on with a task that can; what it came to is written when it has ended. */
  goOn(): void {
    const task = this.#ready.shift()!
    this.#timer.begin()
    if (this.#open.has(task.position) && this.#advance(task)) this.#settle(task)
  }

  /** Nothing else can be begun, and nothing runs: whoever waits at a barrier may pass. @returns whether anybody does */
  openBarrier(): boolean {
    if (this.#open.size === 0 || this.#barriers === this.#lastBarrier) return false
    this.#barriers++
    this.#ready.push(...this.#open.values())
    return true
  }

  /** Nothing more is begun of any task. */
  abort(error: Error): void {
    this.#abortedBy = { error }
    for (const task of this.#open.values()) this.#end(task, error)
  }

  /** The same for one. @returns whether it has begun, and is not settled */
  abortTask(position: number, error: Error): boolean {
    const task = this.#open.get(position)
    if (task === undefined) return false
    this.#end(task, error)
    return true
  }

  #end(task: ChainTask, error: Error): void {
    task.open!.abortedBy ??= { error }
    this.#ready.push(task)
  }

  /** As many checks as may run do; alone, that is one, so that nobody else can be blamed for what it does. */
  get #isFull(): boolean {
    const { pending } = this.#with
    return pending.isFull || (this.#message.alone && pending.size > 0)
  }

  /**
   * So many were left behind that the thread takes no more. Alone that is one: it would be a neighbour, and nobody could say
   * which of them holds the thread.
   */
  get #mayNotBegin(): boolean {
    const abandoned = atomics.load(this.#with.cells, ABANDONED)
    return abandoned >= MAX_ABANDONED || (this.#message.alone && abandoned > 0)
  }

  /** Begins what can begin of a task. @returns whether all of it has ended */
  #advance(task: ChainTask): boolean {
    for (;;) {
      const check = task.next(this.#barriers)
      if (check === undefined) return task.isSettled
      if (this.#mayNotBegin) {
        task.progress.leaveRest()
        return true
      }
      if (this.#isFull) {
        this.#ready.push(task)
        return false
      }
      const failure = task.prefetched?.failures.find(({ verifier }) => verifier === check.place)
      if (failure === undefined) this.#begin(task, check)
      else this.#refuse(task, check, failure)
    }
  }

  #begin(task: ChainTask, check: LoadedCheck): void {
    const { pending, slots } = this.#with
    pending.join()
    const startedAt = this.#timer.start()
    // What runs is in a slot, also while it is sync: the gate tells the task only.
    slots.note(pending.nextSlot, task.position * this.#chain.length + check.place + 1)
    const shard = this.#shards[check.place]!
    const context = new CheckContext(shard, task, check)
    let answer: unknown
    try {
      const call = (): unknown => check.verifier.verify(task.item, context)
      answer = task.open === undefined ? call() : inTask(task.place.index, call)
    } catch (error) {
      letGo(shard, context)
      return this.#threw(task, check, error)
    }
    if (answer === true || answer === PLAIN_PASS) {
      letGo(shard, context)
      task.passed(check.place, this.#timer.end(check.place))
    } else this.#answered(task, check, context, answer, startedAt)
  }

  /** As beginning one check after the other, as long as they simply pass: in local variables that takes half as long. */
  #passInARow(task: ChainTask): void {
    const chain = this.#chain
    const { slots, pending } = this.#with
    const { item } = task
    const slot = pending.nextSlot
    let mark = task.position * chain.length
    for (let place = 0; place < chain.length; place++) {
      const check = chain[place]!
      const shard = this.#shards[place]!
      const context = new CheckContext(shard, task, check)
      slots.note(slot, ++mark)
      let answer: unknown
      try {
        answer = check.verifier.verify(item, context)
      } catch (error) {
        task.passedFirst(place)
        letGo(shard, context)
        return this.#threw(task, check, error)
      }
      if (answer === true || answer === PLAIN_PASS) {
        if (shard.hasAsked) letGo(shard, context)
        continue
      }
      task.passedFirst(place)
      return this.#answered(task, check, context, answer, undefined)
    }
    task.passedFirst(chain.length)
  }

  #threw(task: ChainTask, check: LoadedCheck, error: unknown): void {
    const failed = this.#running.failureOf(check, task, error)
    task.progress.unsuccessful(check.place, CHECK_ERRORED, error, this.#timer.end(check.place), 0, failed)
  }

  /** Anything but a simple pass. @param startedAt - when that is known, ms */
  #answered(
    task: ChainTask,
    check: LoadedCheck,
    context: CheckContext,
    answer: unknown,
    startedAt: number | undefined,
  ): void {
    const { place } = check
    try {
      if (isThenable(answer)) return this.#promised(task, check, context, answer, startedAt)
      letGo(this.#shards[place]!, context)
      const verdict = toVerdict(answer)
      const durationMs = this.#timer.end(place)
      if (verdict === undefined) task.progress.unsuccessful(place, CHECK_ERRORED, badVerdict(answer), durationMs, 0)
      else task.progress.completed(place, verdict, durationMs, 0)
    } catch (error) {
      this.#threw(task, check, error) // a hostile answer, which throws when it is looked at
    }
  }

  #promised(
    task: ChainTask,
    check: LoadedCheck,
    context: CheckContext,
    answer: PromiseLike<unknown>,
    startedAt: number = clockMs(),
  ): void {
    const { place, terms } = check
    const { position } = task
    const mark = position * this.#chain.length + place
    const timeoutMs = terms.timeoutMs ?? this.#message.timeoutMs
    task.progress.begun(place)
    const started = { position, mark, id: undefined, context, startedAt, timeoutMs, ends: this.#running }
    this.#running.add(this.#with.startedAsync(started, answer), task, check)
    this.#timer.isAlways = true
    if (task.open?.abortedBy !== undefined) context.abort(task.open.abortedBy.error)
  }

  /** What it was to be given could not be had. */
  #refuse(task: ChainTask, check: LoadedCheck, { error, isLate }: PrefetchFailure): void {
    const failed = isLate ? { failure: 'timeout' as const } : this.#running.failureOf(check, task, error)
    const code = isLate ? checkCode(TIMED_OUT, NO_VERDICT) : CHECK_ERRORED
    task.progress.unsuccessful(check.place, code, error, 0, 0, failed)
  }

  /** Listeners of its signal are the user's, and may end the thread: what has ended is out by then, and the rest comes again. */
  #settleNow(task: ChainTask): void {
    if (!this.#open.has(task.position)) return
    if (task.next(this.#barriers) !== undefined || !task.isSettled) task.progress.leaveRest()
    this.#settle(task)
  }

  /** What is answered for a task whose checks have all ended at once. */
  #outcomeOf(task: ChainTask): ChainOutcome | typeof PLAIN_PASS {
    const { needsChecks, checks } = this.#with.writer
    if (needsChecks || !task.hasSimplyPassed || this.#timer.isExact) return task.progress.outcome()
    checks!.passed(this.#timer.last)
    return PLAIN_PASS
  }

  #settle(task: ChainTask): void {
    const { position } = task
    this.#open.delete(position)
    const outcome = task.progress.outcome()
    const { slots, pending } = this.#with
    // A reducer's `step` may block: of all that runs, it is this task's last check that is to be blamed.
    if (this.#with.writer.needsChecks) slots.note(pending.nextSlot, (position + 1) * this.#chain.length)
    this.#with.writer.chained(position, outcome, task.open!.id)
    this.#with.writer.time(1, durationOf(outcome))
    this.#with.writer.waited(waitOf(outcome))
  }
}

function hasFailures({ prefetched }: ChainTask): boolean {
  return prefetched !== undefined && prefetched.failures.length > 0
}
