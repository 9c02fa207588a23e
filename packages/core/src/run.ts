import type { ActiveRun } from './run/active-run.ts'
import { FanfoldError } from './errors.ts'
import type { Batch } from './merge/batch.ts'
import { checkOptions } from './options/check-options.ts'
import { resolveLineOptions } from './options/line-options.ts'
import type { LineOptions } from './options/line-options.ts'
import { resolveReduction } from './options/reduce-options.ts'
import type { ReduceOptions, ResolvedReduction } from './options/reduce-options.ts'
import type { ReducerLocation } from './options/reducer-url.ts'
import type { RunUpdate } from './options.ts'
import type { Outcome } from './outcome.ts'
import { cancelError, isCancelOptions } from './run/cancel-error.ts'
import { foldSettings, journaled, reduceRun } from './run/reduction.ts'
import type { Reduced, ReducingThread } from './run/reduction.ts'
import { oneByOne } from './run/one-by-one.ts'
import { lineBatchOf, lineStream } from './run/line-batches.ts'
import type { LineBatch } from './run/line-batches.ts'
import type { Progress, Report } from './report/report.ts'

/** What a run needs from its engine. */
export interface RunControl {
  readonly run: ActiveRun
  cancel(error: Error, how?: 'soon' | 'now'): void
  update(options: RunUpdate): void
  progress(): Progress
  readonly isJournaled: boolean
  /** @throws {FanfoldError} `FANFOLD_ENGINE_CLOSED` */
  startReducer(reducer: ResolvedReduction, onFailed: (error: Error) => void): ReducingThread
}

/**
 * One batch on its way through an engine. It starts by itself; its outcomes are taken once, by one of
 * `for await (… of run)`, `run.batches()`, `run.toNdjson()`, `run.reduce()`, or, counted and dropped, by
 * `await run.report()`. A run that nobody reads waits. Leaving the loop early cancels the run.
 *
 * @example
 * ```ts
 * import { Engine, lines } from '@fanfold/core'
 *
 * const engine = new Engine()
 * try {
 *   const run = engine.run(new URL('./verifier.ts', import.meta.url), lines('addresses.txt'), { timeoutMs: 5_000 })
 *   for await (const outcome of run) {
 *     if (outcome.status !== 'completed' || outcome.verdict !== 'pass') console.log(outcome)
 *   }
 *   console.log((await run.report()).result)
 * } finally {
 *   await engine.close()
 * }
 * ```
 */
export class Run<Value = unknown> implements AsyncIterable<Outcome<Value>>, AsyncDisposable {
  readonly #control: RunControl
  readonly #active: ActiveRun

  /** @internal Runs are made by {@link Engine.run} and {@link LoadedVerifier.run}. */
  constructor(control: RunControl) {
    this.#control = control
    this.#active = control.run
  }

  /**
   * The outcomes, one at a time.
   *
   * @throws {FanfoldError} `FANFOLD_RUN_CONSUMED` for a second iterator; while iterating, the error for which the run
   * could not start, or, after the last outcome, the one for which it failed. Ends quietly when the run is cancelled.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<Outcome<Value>> {
    return oneByOne(this.batches(), (done) => this.#leave(done))
  }

  /**
   * The outcomes as columns, in batches as they arrived: the fast way.
   *
   * @throws {FanfoldError} as the iteration of outcomes.
   */
  batches(): AsyncIterableIterator<Batch<Value>> {
    this.#active.outbox.claim()
    // Batches are made for any value; the run's type says which (it was inferred from the verifier).
    return this.#iterate(() => this.#active.next() as Promise<Batch<Value> | undefined>)
  }

  #iterate<Taken>(take: () => Promise<Taken | undefined>): AsyncIterableIterator<Taken> {
    let isDone = false
    return {
      next: async () => {
        const taken = isDone ? undefined : await take()
        if (taken !== undefined) return { done: false, value: taken }
        isDone = true
        return { done: true, value: undefined }
      },
      return: async () => {
        isDone = true
        await this.#leave()
        return { done: true, value: undefined }
      },
      [Symbol.asyncIterator]() {
        return this
      },
    }
  }

  /**
   * The outcomes as lines of NDJSON, those of `fanfold verify --out`, in chunks that end with a line. The threads write
   * them: nothing is decoded on the main thread. Ask for it in the turn in which the run was made; outcomes that are
   * under way by then cost the main thread the writing.
   *
   * A chunk is fetched when somebody reads, so a slow reader holds the run up, and with it the source. Cancelling the
   * stream cancels the run. The stream ends when the run does, also when that was cancelled; when it has failed, the
   * stream breaks with the error after the last line.
   *
   * @throws {FanfoldError} `FANFOLD_RUN_CONSUMED` when the outcomes are taken already, `FANFOLD_BAD_OPTION`; while it is
   * read, the error for which the run could not start, or has failed.
   * @example
   * ```ts
   * import { createWriteStream } from 'node:fs'
   * import { pipeline } from 'node:stream/promises'
   * import { Engine, lines } from '@fanfold/core'
   *
   * const engine = new Engine()
   * try {
   *   const run = engine.run(new URL('./verifier.ts', import.meta.url), lines('addresses.txt'))
   *   await pipeline(run.toNdjson({ only: ['flag', 'fail', 'errored'] }), createWriteStream('found.ndjson'))
   * } finally {
   *   await engine.close()
   * }
   * ```
   */
  toNdjson(options: LineOptions = {}): ReadableStream<Uint8Array> {
    return lineStream({
      next: this.#takeLines(options),
      leave: (reason) => this.#leave(undefined, cancelError(reason ?? 'the stream of its outcomes was cancelled')),
    })
  }

  /**
   * As {@link toNdjson}, batch by batch: for tools that have to know whose lines they have. Leaving the loop early
   * cancels the run.
   *
   * @throws {FanfoldError} as {@link toNdjson}.
   */
  lineBatches(options: LineOptions = {}): AsyncIterableIterator<LineBatch> {
    return this.#iterate(this.#takeLines(options))
  }

  /**
   * One value, made of all outcomes by a reducer: folded in the threads, and combined in a thread of its own, in the order
   * of the run. The main thread has next to nothing to do. Ask for it in the turn in which the run was made; outcomes that
   * are under way by then are folded by the one thread that combines.
   *
   * Each completed task is folded once, whatever the threads go through; a task without a verdict is not folded, so this
   * rejects as `verify` does: 98 of 100 are no sum, unless that is within the run's `tolerate`.
   *
   * @throws {ReduceError} `FANFOLD_RUN_PARTIAL`, `FANFOLD_RUN_FAILED` or `FANFOLD_RUN_ABORTED`, with the `report` and the
   * `value` of what was completed.
   * @throws {FanfoldError} the error for which the run could not start; `FANFOLD_REDUCER_*` and `FANFOLD_NOT_CLONEABLE` (the
   * accumulator), which cancel the run; `FANFOLD_REDUCE_JOURNALED`, `FANFOLD_RUN_CONSUMED`, `FANFOLD_BAD_OPTION`,
   * `FANFOLD_ENGINE_CLOSED`.
   * @example
   * ```ts
   * import { Engine, ndjson } from '@fanfold/core'
   *
   * const engine = new Engine()
   * try {
   *   const run = engine.run(new URL('./verifier.ts', import.meta.url), ndjson('customers.ndjson'))
   *   const { value, report } = await run.reduce(new URL('./reducer.ts', import.meta.url))
   *   console.log(value, report.total)
   * } finally {
   *   await engine.close()
   * }
   * ```
   */
  async reduce<Accumulator = unknown, Config = unknown>(
    reducer: ReducerLocation<Value, Accumulator, Config>,
    options: ReduceOptions<Config> = {},
  ): Promise<Reduced<Accumulator>> {
    const resolved = resolveReduction(reducer, options)
    if (this.#control.isJournaled) throw journaled()
    const { outbox, settings } = this.#active
    outbox.claim()
    const thread = this.#control.startReducer(resolved, (error) => this.cancel(error))
    // What is dispatched from now on comes back folded.
    this.#active.fold = foldSettings(resolved, settings.order === 'input')
    // What the reducer makes is of its type.
    return reduceRun(this.#active, thread, () => this.report()) as Promise<Reduced<Accumulator>>
  }

  /** @param done - how many outcomes of the batch in hand are done with; none, when it was taken as a batch */
  #leave(done?: number, why?: Error): Promise<void> {
    this.cancel(why ?? new FanfoldError('FANFOLD_RUN_ABORTED', 'the loop over the outcomes was left before its end'))
    return this.#active.leave(done)
  }

  /** Claims the outcomes, as lines. */
  #takeLines(options: LineOptions): () => Promise<LineBatch | undefined> {
    const settings = resolveLineOptions(options)
    this.#active.outbox.claim()
    // What is dispatched from now on comes back so.
    this.#active.lines = settings
    return async () => {
      const batch = await this.#active.next()
      return batch === undefined ? undefined : lineBatchOf(batch, settings)
    }
  }

  /**
   * The account, when every task is settled. It only looks on; but if nobody has taken an iterator by the next
   * macrotask, outcomes are counted and dropped from then on. Resolves for failed and aborted runs too.
   *
   * @throws the error for which the run could not start. Never causes an unhandled rejection.
   */
  report(): Promise<Report> {
    const { outbox, ended } = this.#active
    const { promise: isLookedAt, resolve } = Promise.withResolvers<void>()
    setImmediate(() => {
      if (outbox.isUnread) outbox.drain()
      resolve()
    })
    const report = ended.then(async (before) => {
      await isLookedAt
      await this.#active.concluded()
      return this.#active.report ?? before
    })
    report.catch(() => {})
    return report
  }

  /**
   * Progress now and then, until the run has ended; the last one says `ended`. Any number of watchers may look on, and
   * a slow one gets the latest.
   *
   * @param options - `everyMs`: at least this long between two, 100 by default.
   */
  async *watch(options: { readonly everyMs?: number } = {}): AsyncGenerator<Progress, void, undefined> {
    checkOptions('watch()', options, ['everyMs'])
    const { everyMs = 100 } = options
    if (!(everyMs >= 1 && everyMs <= 2_147_483_647)) {
      throw new FanfoldError('FANFOLD_BAD_OPTION', `everyMs is ${everyMs}: use 1 to 2147483647 ms.`)
    }
    const ended = this.#active.ended.then(
      () => {},
      () => {},
    )
    for (let progress = this.progress(); progress.state !== 'ended'; progress = this.progress()) {
      yield progress
      let timer: NodeJS.Timeout | undefined
      const waited = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, everyMs)
      })
      await Promise.race([ended, waited])
      clearTimeout(timer)
    }
    yield this.progress()
  }

  /** What has come of the run so far. */
  progress(): Progress {
    return this.#control.progress()
  }

  /**
   * Changes what is given, at once: how many tasks may be running, what is tolerated. Tasks that run above a lower bound
   * come to their end. Does nothing to a run that has ended.
   *
   * @throws {FanfoldError} `FANFOLD_BAD_OPTION`
   */
  update(options: RunUpdate): void {
    this.#control.update(options)
  }

  /**
   * Cancels the run: signals of running tasks fire, what has not ended 100 ms later is given up, and every task that
   * was read and has no verdict is `aborted`. Does nothing to a run that has ended.
   *
   * @param reason - the `cause` of the tasks' error, whose code is `FANFOLD_RUN_ABORTED`; its message says it, too.
   * @param options - `when`: with `'soon'` nothing more is started, and what runs comes to its own end, within its
   * timeout; a later `'now'` ends that too. `'now'` by default.
   */
  cancel(reason?: unknown, options: { readonly when?: 'soon' | 'now' } = {}): void {
    if (isCancelOptions(reason))
      throw new FanfoldError('FANFOLD_BAD_OPTION', 'the options of cancel() come second: cancel(reason, { when }).')
    checkOptions('cancel()', options, ['when'])
    const { when = 'now' } = options
    if (when !== 'soon' && when !== 'now')
      throw new FanfoldError('FANFOLD_BAD_OPTION', `when is ${String(when)}: use 'soon' or 'now'.`)
    this.#control.cancel(cancelError(reason), when)
  }

  /** Cancels what has not ended, and waits for the end. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.cancel(new FanfoldError('FANFOLD_RUN_ABORTED', 'the run was disposed of'))
    if (this.#active.outbox.isUnread) this.#active.outbox.drain()
    await this.#active.ended.catch(() => {})
    await this.#active.endJournal()
  }
}
