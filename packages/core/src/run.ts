import type { ActiveRun } from './run/active-run.ts'
import { FanfoldError } from './errors.ts'
import type { Batch } from './merge/batch.ts'
import { checkOptions } from './options/check-options.ts'
import { resolveLineOptions } from './options/line-options.ts'
import type { LineOptions } from './options/line-options.ts'
import type { RunUpdate } from './options.ts'
import type { Outcome } from './outcome.ts'
import { isLongTurn, nextTurn } from './run/turn.ts'
import { lineBatchOf, lineStream } from './run/line-batches.ts'
import type { LineBatch } from './run/line-batches.ts'
import type { Progress, Report } from './report/report.ts'

/** After so many outcomes one by one it is looked whether others should have their turn. */
const LOOK_EVERY = 64

/** What a run needs from its engine. */
export interface RunControl {
  readonly run: ActiveRun
  cancel(error: Error, how?: 'soon' | 'now'): void
  update(options: RunUpdate): void
  progress(): Progress
}

/**
 * One batch on its way through an engine. It starts by itself; its outcomes are taken once, by one of
 * `for await (… of run)`, `run.batches()`, `run.toNdjson()`, or, counted and dropped, by `await run.report()`. A run that
 * nobody reads waits. Leaving the loop early cancels the run.
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
    const batches = this.batches()
    let batch: Batch<Value> | undefined
    let at = 0
    let turn: Promise<unknown> = Promise.resolve()
    const advance = async (): Promise<IteratorResult<Outcome<Value>>> => {
      if (isLongTurn()) await nextTurn()
      if (batch === undefined || at >= batch.length) {
        const result = await batches.next()
        if (result.done === true) return { done: true, value: undefined }
        batch = result.value
        at = 0
      }
      return { done: false, value: batch.at(at++) }
    }
    // Several may iterate together: each waits for its turn, so that none drops the batch of another.
    const nextInTurn = (): Promise<IteratorResult<Outcome<Value>>> => {
      const result = turn.then(() => advance())
      turn = result.catch(() => {})
      return result
    }
    return {
      // A promise that is settled already costs a third of an async function's.
      next: () =>
        batch !== undefined && at < batch.length && at % LOOK_EVERY !== 0
          ? Promise.resolve({ done: false, value: batch.at(at++) })
          : nextInTurn(),
      return: async () => {
        // The one in hand is not done with.
        const done = batch === undefined ? undefined : Math.max(0, at - 1)
        batch = undefined
        await this.#leave(done)
        await batches.return?.()
        return { done: true, value: undefined }
      },
      [Symbol.asyncIterator]() {
        return this
      },
    }
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

/** Whatever a caller gave as the reason, as the error of the aborted tasks. */
export function cancelError(reason: unknown): Error {
  if (reason instanceof FanfoldError) return reason
  const text = reason instanceof Error ? reason.message : typeof reason === 'string' ? reason : undefined
  const message = `the run was cancelled${text === undefined || text === '' ? '' : `: ${text}`}`
  return new FanfoldError('FANFOLD_RUN_ABORTED', message, reason === undefined ? undefined : { cause: reason })
}

/** The second argument, given as the first. */
function isCancelOptions(reason: unknown): boolean {
  if (typeof reason !== 'object' || reason === null || reason instanceof Error) return false
  const keys = Object.keys(reason)
  return keys.length === 1 && keys[0] === 'when'
}
