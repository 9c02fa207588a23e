import { leaveNow } from './exit.ts'
import type { EndingSignal } from './exit.ts'
import { whenAborted } from './when-aborted.ts'

const SIGNALS: readonly EndingSignal[] = ['SIGINT', 'SIGTERM']

/**
 * Two that come closer together are one, ms. Ctrl-C goes to all processes of a terminal, and `npm` and `npx` pass theirs
 * on: where `sh` is bash, one press arrives twice (seen 0.6 ms apart), and would skip the first stage.
 */
const SAME_MS = 100

/**
 * Listens for the signals that end a run early, in stages: the first one lets what runs come to its end, the second one
 * stops it, and the third, from a person who will not wait, ends the process there and then.
 */
export class Interruption {
  /** The first signal that came, by which the process is to end. */
  signal: EndingSignal | undefined
  readonly #soon = new AbortController()
  readonly #now = new AbortController()
  readonly #hurry = new AbortController()
  readonly #beforeExit: () => void
  #lastAt = -Infinity
  #hasRunEnded = false

  /** @param beforeExit - puts the terminal back in order when the process ends at once */
  constructor(beforeExit: () => void) {
    this.#beforeExit = beforeExit
    for (const signal of SIGNALS) process.on(signal, () => this.#onSignal(signal))
  }

  /** Aborts with the first signal. */
  get soon(): AbortSignal {
    return this.#soon.signal
  }

  /** Aborts with the second signal. */
  get now(): AbortSignal {
    return this.#now.signal
  }

  /**
   * From when on a reader who takes nothing is not waited for: the second signal, or the first one when nothing runs any
   * more. Before that, what is being finished may need a reader who is only slow.
   */
  get hurry(): AbortSignal {
    return this.#hurry.signal
  }

  /** Nothing runs any more, whoever may still be reading. */
  noteRunEnd(): void {
    this.#hasRunEnded = true
    if (this.soon.aborted) this.#hurry.abort()
  }

  /** Resolves and rejects as the promise does, or resolves with nothing when a signal has come or comes before. */
  async orSignal<Value>(promise: Promise<Value>): Promise<Value | undefined> {
    const { promise: signalled, resolve } = Promise.withResolvers<undefined>()
    const forget = whenAborted(this.soon, () => resolve(undefined))
    try {
      return await Promise.race([signalled, promise])
    } finally {
      forget()
    }
  }

  #onSignal(signal: EndingSignal): void {
    const at = performance.now()
    const isSame = at - this.#lastAt < SAME_MS
    this.#lastAt = at
    if (isSame) return
    if (this.signal === undefined) {
      this.signal = signal
      this.#soon.abort(new Error(`interrupted by ${signal}`))
      if (this.#hasRunEnded) this.#hurry.abort()
    } else if (!this.now.aborted) {
      this.#now.abort(new Error(`interrupted twice, by ${this.signal} and ${signal}`))
      this.#hurry.abort()
    } else {
      this.#beforeExit()
      void leaveNow(signal)
    }
  }
}
