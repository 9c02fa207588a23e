import type { RunOptions } from '../options.ts'
import type { Run } from '../run.ts'
import type { SourceInput } from '../sources/to-source.ts'

/** What a loaded verifier needs from its engine. */
export interface LoadedControl<Value> {
  run(source: unknown, options: RunOptions): Run<Value>
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

  /** Runs its teardown in every thread, when the runs that use it have ended; the engine stays open. */
  close(): Promise<void> {
    return this.#control.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}
