import { AsyncLocalStorage } from 'node:async_hooks'
import { clockMs } from '../clock.ts'
import type { CallEnd } from './limit-share.ts'

/** The permit of the call in which code runs. */
const enclosing = new AsyncLocalStorage<Permit>()

/** What a call may be made with, until it ends. */
export class Permit {
  /** The limit's name. */
  readonly limit: string
  /** Calls that were begun within this one and wait for permits: until they have them, it will not end. */
  waits = 0
  isOver = false
  readonly #startedAt = clockMs()
  readonly #giveBack: (end: CallEnd) => void
  readonly #outer = enclosing.getStore()

  constructor(limit: string, giveBack: (end: CallEnd) => void) {
    this.limit = limit
    this.#giveBack = giveBack
  }

  /** Those of the calls within which code runs, innermost first; none when it is in no call. */
  static enclosing(): readonly Permit[] {
    const permits: Permit[] = []
    for (let permit = enclosing.getStore(); permit !== undefined; permit = permit.#outer) {
      if (!permit.isOver) permits.push(permit)
    }
    return permits
  }

  get ageMs(): number {
    return clockMs() - this.#startedAt
  }

  /** Makes the call: what it begins is known to be within it. */
  run<Result>(call: () => Result): Result {
    return enclosing.run(this, call)
  }

  end(end: CallEnd): void {
    if (this.isOver) return
    this.isOver = true
    this.#giveBack(end)
  }
}
