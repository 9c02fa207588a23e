import type { CheckTerms } from '@fanfold/workers/protocol'
import type { CompletedOutcome, UnsuccessfulOutcome } from '../outcome.ts'
import type { RequestOptions } from './requests.ts'
import type { RunOptions } from '../options.ts'
import type { Run } from '../run.ts'
import type { SourceInput } from '../sources/to-source.ts'

/** A check of a chain, as the chain declares it. */
export interface CheckDeclaration {
  readonly name: string
  /** Names of the checks that it waits for: they come before it. */
  readonly after: readonly string[]
  /** How many barriers are in front of it. */
  readonly barriers: number
}

/** What a loaded verifier needs from its engine. */
export interface LoadedControl<Value> {
  run(source: unknown, options: RunOptions): Run<Value>
  check(item: unknown, options: RequestOptions | undefined): Promise<CompletedOutcome | UnsuccessfulOutcome>
  checks(): Promise<readonly CheckDeclaration[] | undefined>
  close(): Promise<void>
}

/**
 * A verifier that is set up in every thread and stays so until it is closed, or its engine is. Any number of runs may
 * use it, one after the other or at once.
 *
 * @example
 * ```ts
 * import { Engine } from '@fanfold/core'
 *
 * const engine = new Engine()
 * const numbers = engine.load<number>(new URL('./verifier.ts', import.meta.url))
 * await numbers.ready
 * const reports = await Promise.all([numbers.run([1, 2]).report(), numbers.run([3]).report()])
 * console.log(reports.map(({ total }) => total))
 * await engine.close()
 * ```
 */
export class LoadedVerifier<Item = unknown, Value = unknown> implements AsyncDisposable {
  /**
   * Resolves when every thread has set the verifier up. A setup that fails on some threads only is a warning in the
   * report.
   *
   * @throws {FanfoldError} when it failed on all of them: `FANFOLD_VERIFIER_NOT_FOUND`, `FANFOLD_VERIFIER_LOAD_FAILED`,
   * `FANFOLD_VERIFIER_NO_EXPORT`, `FANFOLD_VERIFIER_TYPESCRIPT`, `FANFOLD_SETUP_FAILED`, `FANFOLD_START_TIMED_OUT`.
   */
  readonly ready: Promise<void>
  readonly #control: LoadedControl<Value>

  /** @internal Made by {@link Engine.load}. */
  constructor(ready: Promise<void>, control: LoadedControl<Value>) {
    this.ready = ready
    this.#control = control
  }

  /**
   * Starts a run. It need not wait for `ready`.
   *
   * @throws {FanfoldError} `FANFOLD_BAD_OPTION`, `FANFOLD_BAD_SOURCE`, `FANFOLD_ENGINE_CLOSED`.
   */
  run(source: SourceInput<Item>, options: RunOptions = {}): Run<Value> {
    return this.#control.run(source, options)
  }

  /**
   * Verifies one item that somebody waits for, and resolves with its outcome. While a thread is free it goes there at
   * once; while all are busy, what comes meanwhile goes together. Batches beside it share the threads with it fairly. Its
   * timeout, and how many may wait, are the option `check` of {@link Engine.load}; it is not tried again. It need not wait
   * for `ready`. `outcome.index` counts requests in the order in which they went to threads.
   *
   * @param options - `signal`: when it fires, `check` rejects with its reason at once, as `fetch` does; what runs is told
   * by `context.signal`.
   * @returns how it ended, also `errored`, `timedOut` and `crashed`, but never `aborted`. Rejects when that has nothing to
   * do with the item: `FANFOLD_OVERLOADED` (too many wait), why the verifier could not be set up, `FANFOLD_THREAD_DIED`,
   * `FANFOLD_VERIFIER_CLOSED`, `FANFOLD_ENGINE_CLOSED`, `FANFOLD_BAD_OPTION`.
   * @example
   * ```ts
   * import { Engine } from '@fanfold/core'
   *
   * const engine = new Engine()
   * const numbers = engine.load<number>(new URL('./verifier.ts', import.meta.url), { check: { timeoutMs: 1_000 } })
   * await numbers.ready
   * const outcome = await numbers.check(7, { signal: AbortSignal.timeout(2_000) })
   * console.log(outcome.status === 'completed' ? outcome.verdict : outcome.error)
   * await engine.close()
   * ```
   */
  check(item: Item, options?: RequestOptions): Promise<CompletedOutcome<Value> | UnsuccessfulOutcome> {
    // Outcomes are made for any value; the verifier's type says which.
    return this.#control.check(item, options) as Promise<CompletedOutcome<Value> | UnsuccessfulOutcome>
  }

  /**
   * The checks of a chain, each behind those that it waits for; `undefined` for a verifier that is none. Resolves and
   * rejects with `ready`.
   *
   * @example
   * ```ts
   * import { Engine } from '@fanfold/core'
   *
   * const engine = new Engine()
   * const loaded = engine.load({ even: new URL('./verifier.ts', import.meta.url) })
   * console.log((await loaded.checks())?.map(({ name }) => name))
   * await engine.close()
   * ```
   */
  checks(): Promise<readonly CheckDeclaration[] | undefined> {
    return this.#control.checks()
  }

  /**
   * Runs its teardown in every thread, when the runs that use it have ended and the requests that it has accepted are
   * settled; the engine stays open.
   */
  close(): Promise<void> {
    return this.#control.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

/** The same by name. */
export function declarationsOf(terms: readonly CheckTerms[] | undefined): readonly CheckDeclaration[] | undefined {
  return terms?.map(({ name, after, barriers }) => ({
    name,
    after: after.map((place) => terms[place]!.name),
    barriers,
  }))
}
