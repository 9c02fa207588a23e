import * as atomics from './atomics.ts'
import { ABORTED, ERRORED, TIMED_OUT } from '../outcome-columns.ts'
import type { UnsuccessfulTask } from '../outcome-columns.ts'
import type { RunShard } from '../protocol.ts'
import { inTask } from './console-to-stderr.ts'
import { letGo } from './call-services.ts'
import type { GroupClock } from './group-clock.ts'
import type { ThreadLimits } from './limits/thread-limits.ts'
import type { PartWriter } from './part-writer.ts'
import { UNDER_WAY } from './chain/chain-runner.ts'
import type { ChainRunner } from './chain/chain-runner.ts'
import type { ChainOutcome } from './chain/chain-outcome.ts'
import type { PrefetchFailure, Prefetcher } from './group-prefetch.ts'
import type { PendingTask, PendingTasks, StartedTask, TaskEnds } from './pending-tasks.ts'
import type { Records } from './record-list.ts'
import { isThenable } from './task-answers.ts'
import type { TaskAnswers } from './task-answers.ts'
import { PLAIN_PASS } from '../verdict.ts'
import { TaskBurst } from './task-burst.ts'
import type { BurstVerifier } from './task-burst.ts'
import type { ShardContext } from './task-context.ts'
import type { TaskSlots } from './task-slots.ts'
import type { LoadedVerifier } from './loaded-verifier.ts'

/** What starting a task needs of its shard's loop. */
export interface StarterParts {
  readonly writer: PartWriter
  readonly clock: GroupClock
  readonly pending: PendingTasks
  readonly slots: TaskSlots
  readonly answers: TaskAnswers
  readonly ends: TaskEnds
  readonly limits: ThreadLimits
  /** When the verifier is a chain. */
  readonly chain: ChainRunner | undefined
  /** The verifier has returned a promise. */
  startedAsync(started: StartedTask, answer: PromiseLike<unknown>): PendingTask
}

/** How a task ends that is not started. */
interface Refusal {
  readonly status: number
  readonly error: unknown
  readonly failure?: UnsuccessfulTask['failure']
}

/** Starts a shard's tasks, in order, each through the gate; and settles those that are sync. */
export class TaskStarter implements Prefetcher {
  /** The next position to start. */
  next: number
  /** Set before the first start. */
  records!: Records
  readonly #message: RunShard
  readonly #verifier: LoadedVerifier
  readonly #cells: Int32Array
  readonly #shard: ShardContext
  readonly #with: StarterParts
  /** What is in the gate as long as it is open. */
  #lastStarted = 0
  /** Positions that are not to be started, and how they end instead. */
  #refused: Map<number, Refusal> | undefined
  /** The verifier has returned a promise before: worth tracking which task prints. */
  #isAsync = false
  #burst: TaskBurst | undefined

  constructor(message: RunShard, verifier: LoadedVerifier, cells: Int32Array, parts: StarterParts) {
    this.#message = message
    this.#verifier = verifier
    this.#cells = cells
    this.#with = parts
    const file = message.payload.kind === 'text' ? message.payload.file : undefined
    const { limits } = parts
    this.#shard = {
      state: verifier.state,
      config: verifier.config,
      attempt: message.attempt,
      file,
      limits,
      host: verifier.host,
      hasAsked: false,
      prefetched: undefined,
    }
    this.next = message.ranges[0] ?? 0
  }

  prefetchedFor(position: number, prefetched: readonly unknown[], failures: readonly PrefetchFailure[]): void {
    const { chain, answers } = this.#with
    if (chain !== undefined) return chain.prefetchedFor(prefetched, failures)
    this.#shard.prefetched = prefetched[0]
    for (const { error, isLate } of failures) {
      const failure = isLate ? 'timeout' : answers.failureOf(error, this.#indexOf(position))
      this.#refuse(position, { status: isLate ? TIMED_OUT : ERRORED, error, failure })
    }
  }

  /** A task that has not begun does not begin: nobody waits for it any more. */
  withdraw(position: number, error: Error): void {
    this.#refuse(position, { status: ABORTED, error })
  }

  #refuse(position: number, refusal: Refusal): void {
    this.#refused ??= new Map()
    this.#refused.set(position, refusal)
  }

  #indexOf(position: number): number {
    return this.records.index(position - this.#message.base)
  }

  /**
   * The next task, or more of them in a row where nothing has to be done for each.
   *
   * @param to - exclusive
   * @returns whether the gate was open
   */
  start(to: number): boolean {
    const position = this.next
    const refusal = this.#refused?.get(position)
    if (refusal !== undefined) return this.#passOver(position, refusal)
    if (!this.#isAsync && !this.#isTraced && this.#refused === undefined) return this.#startInARow(to)
    // An async task is timed from before its call: what it does before its first await is its own time too.
    if (this.#isAsync) this.#with.clock.close()
    // Nothing of the user's runs between this and the gate; if that is closed, the slot is emptied when the loop rests.
    if (this.#isTraced) this.#with.slots.store(this.#with.pending.nextSlot, position + 1)
    return this.#startInARow(position + 1)
  }

  /** A chain stores which of its checks runs, always. */
  get #isTraced(): boolean {
    return this.#with.slots.isTraced && this.#with.chain === undefined
  }

  /** A task that is not to be started. @returns whether the gate was open */
  #passOver(position: number, { status, error, failure }: Refusal): boolean {
    const before = this.#lastStarted
    // Pairs with the main thread's closing of the gate: see cells.ts.
    if (atomics.compareExchange(this.#cells, this.#message.gate, before, position + 1) !== before) return false
    this.#lastStarted = this.next = position + 1
    this.#with.clock.close() // it is not of the group that is being timed
    this.#with.writer.unsuccessful(position, status, error, undefined, failure)
    return true
  }

  /**
   * Tasks, up to the next look at the clock.
   *
   * @param to - exclusive
   * @returns whether the gate was open
   */
  #startInARow(to: number): boolean {
    const burst = (this.#burst ??= this.#makeBurst())
    const from = this.next
    burst.next = from
    burst.lastStarted = this.#lastStarted
    const end = burst.run(Math.min(to, from + this.#with.clock.room))
    this.next = burst.next
    this.#lastStarted = burst.lastStarted
    const started = burst.next - from
    if (end === 'done' || end === 'closed') {
      this.#with.clock.add(started)
      return end === 'done'
    }
    this.#with.clock.add(started - 1)
    const position = burst.next - 1
    const { id, answer, context, error } = burst
    burst.forget()
    const promise = end === 'threw' ? this.#threw(position, id, error) : this.#answered(position, id, answer)
    if (promise === undefined) {
      letGo(this.#shard, context)
      this.#with.clock.add()
    } else if (promise !== UNDER_WAY) {
      const { clock, ends } = this.#with
      const { timeoutMs } = this.#message
      const { startedAt } = clock
      this.#startedAsync({ position, mark: position, id, context: context!, startedAt, timeoutMs, ends }, promise)
    }
    return true
  }

  #makeBurst(): TaskBurst {
    const { gate, base } = this.#message
    const verifier = this.#with.chain ?? this.#verifier
    return new TaskBurst({
      cells: this.#cells,
      gate,
      base,
      records: this.records,
      verifier: this.#isAsync ? named(verifier) : verifier,
      shard: this.#shard,
      writer: this.#with.writer,
    })
  }

  /** Settles a sync task. A hostile answer throws when it is looked at. @returns the promise, of one that is async */
  #answered(position: number, id: unknown, answer: unknown): PromiseLike<unknown> | typeof UNDER_WAY | undefined {
    const { chain } = this.#with
    if (chain !== undefined) return this.#answeredByChain(chain, position, id, answer)
    try {
      if (isThenable(answer)) return answer
      this.#with.answers.answered(position, id, answer)
      return undefined
    } catch (error) {
      return this.#threw(position, id, error)
    }
  }

  #answeredByChain(chain: ChainRunner, position: number, id: unknown, answer: unknown): typeof UNDER_WAY | undefined {
    if (answer === UNDER_WAY) {
      this.#isAsyncFromNow()
      chain.identify(position, id)
      return UNDER_WAY
    }
    if (answer === PLAIN_PASS) this.#with.answers.answered(position, id, answer)
    else this.#with.writer.chained(position, answer as ChainOutcome, id) // a chain has no other answers
    return undefined
  }

  #threw(position: number, id: unknown, error: unknown): undefined {
    this.#with.answers.threw(position, this.#indexOf(position), id, error)
  }

  #startedAsync(started: StartedTask, answer: PromiseLike<unknown>): void {
    this.#isAsyncFromNow()
    this.#with.startedAsync(started, answer)
  }

  #isAsyncFromNow(): void {
    if (!this.#isAsync) this.#burst = undefined // the next one calls the verifier as async ones are called
    this.#isAsync = true
  }
}

/** The verifier, called so that what its tasks print later is known to be theirs. */
function named(verifier: BurstVerifier): BurstVerifier {
  return {
    verify: (item, context, position) => inTask(context.index, () => verifier.verify(item, context, position)),
  }
}
