import type { ResolvedReduction } from '../options/reduce-options.ts'
import { ReducerThread } from '../threads/reducer-thread.ts'

/** The threads of an engine's reducers: one for each run that is being reduced. */
export class Reducers {
  /** All and only those that have not exited. */
  readonly #threads = new Set<ReducerThread>()

  start(reducer: ResolvedReduction, onFailed: (error: Error) => void): ReducerThread {
    const thread = new ReducerThread(reducer, onFailed)
    this.#threads.add(thread)
    void thread.exited.then(() => this.#threads.delete(thread))
    return thread
  }

  /** Ends them whatever they do; one that is in native code is not waited for long. */
  async close(reason: Error): Promise<void> {
    for (const thread of this.#threads) thread.fail(reason)
    await Promise.all([...this.#threads].map((thread) => thread.end()))
  }
}
