import { SIGNAL_CODES } from './exit.ts'
import type { EndingSignal } from './exit.ts'

const SIGNALS: readonly EndingSignal[] = ['SIGINT', 'SIGTERM']

/**
 * Listens for the signals that end a run early. The first one is kept, for the run to be cancelled and the process to
 * end by it; a second one, from a person who will not wait, ends the process there and then.
 */
export class Interruption {
  /** The first signal that came. */
  signal: EndingSignal | undefined
  readonly #controller = new AbortController()

  /** @param beforeExit - puts the terminal back in order when the process ends at once */
  constructor(beforeExit: () => void) {
    for (const signal of SIGNALS) {
      process.on(signal, () => {
        if (this.signal === undefined) {
          this.signal = signal
          this.#controller.abort(new Error(`interrupted by ${signal}`))
          return
        }
        beforeExit()
        process.removeAllListeners(signal)
        process.kill(process.pid, signal)
        setTimeout(() => process.exit(SIGNAL_CODES[signal]), 100) // as pid 1
      })
    }
  }

  /** Aborts with the first signal. */
  get aborted(): AbortSignal {
    return this.#controller.signal
  }

  /** Resolves and rejects as the promise does, or resolves with nothing when a signal has come or comes before. */
  async orSignal<Value>(promise: Promise<Value>): Promise<Value | undefined> {
    const { promise: signalled, resolve } = Promise.withResolvers<undefined>()
    const onAbort = (): void => resolve(undefined)
    this.aborted.addEventListener('abort', onAbort)
    if (this.aborted.aborted) onAbort()
    try {
      return await Promise.race([signalled, promise])
    } finally {
      this.aborted.removeEventListener('abort', onAbort)
    }
  }
}
