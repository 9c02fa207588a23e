import { isA } from '../../error-codec.ts'
import { FanfoldError } from '../../fanfold-error.ts'
import { isOverload } from '../../overload.ts'
import { clockMs, monotonicMs, startTimer, stopTimer } from '../clock.ts'
import { LimitOpenError, queueTimedOut } from './limit-errors.ts'
import type { CallEnd, LimitShare, Waiter } from './limit-share.ts'
import type { ThreadLimit, ThreadLimits } from './thread-limits.ts'

/** What a task is to its limits. */
export interface LimitedTask {
  readonly signal: AbortSignal
}

/** What a call may be made with, until it ends. */
class Permit {
  readonly #startedAt = clockMs()
  readonly #giveBack: (end: CallEnd) => void
  isOver = false

  constructor(giveBack: (end: CallEnd) => void) {
    this.#giveBack = giveBack
  }

  get ageMs(): number {
    return clockMs() - this.#startedAt
  }

  end(end: CallEnd): void {
    if (this.isOver) return
    this.isOver = true
    this.#giveBack(end)
  }
}

/**
 * The calls that one task makes through limits. While it waits for a permit, and makes no other call, its own clock
 * stands still. When the task is settled, by itself or over its head, whatever it holds goes back.
 */
export class TaskLimits {
  readonly #task: LimitedTask
  readonly #limits: ThreadLimits
  /** Calls that wait for their permit: what ends the wait. */
  readonly #waits = new Set<(reason: unknown) => void>()
  readonly #permits = new Set<Permit>()
  /** What the verifier was given for them, and may have forgotten. */
  readonly #promises = new Set<Promise<unknown>>()
  #waitedMs = 0
  #waitsSince = 0
  #aborted: { readonly reason: unknown } | undefined

  constructor(task: LimitedTask, limits: ThreadLimits) {
    this.#task = task
    this.#limits = limits
  }

  /** For how long the task's clock has stood still, ms. */
  get waitedMs(): number {
    return this.#waitedMs + (this.#isWaiting ? clockMs() - this.#waitsSince : 0)
  }

  /** See `VerifyContext.limit`. */
  call<Result>(name: string, call: (signal: AbortSignal) => Result | PromiseLike<Result>): Promise<Awaited<Result>> {
    const promise = this.#call(name, call)
    this.#promises.add(promise)
    const forget = (): void => void this.#promises.delete(promise)
    promise.then(forget, forget)
    return promise
  }

  /** The task is to end: nothing of it waits any more. */
  abort(reason: unknown): void {
    if (this.#aborted !== undefined) return
    this.#aborted = { reason }
    // That nobody listens for them any more is not the verifier's fault, and must not end its thread.
    for (const promise of this.#promises) promise.catch(() => {})
    for (const end of this.#waits) end(reason)
  }

  /** The task is settled, by itself or over its head: its permits go back. */
  settled(reason: unknown): void {
    this.abort(reason)
    // A task that was late has a downstream that is; one that nobody wants any more says nothing of it.
    const isLate = isTimeout(reason)
    for (const permit of this.#permits) permit.end(isLate ? { how: 'failed', ms: permit.ageMs } : { how: 'dropped' })
  }

  async #call<Result>(
    name: string,
    call: (signal: AbortSignal) => Result | PromiseLike<Result>,
  ): Promise<Awaited<Result>> {
    if (typeof call !== 'function') throw new TypeError(`limit('${name}', …) needs a function that makes the call`)
    const limit = this.#limits.get(name)
    if (this.#aborted !== undefined) throw this.#aborted.reason
    return this.#make(await this.#permit(limit), call)
  }

  async #make<Result>(
    permit: Permit,
    call: (signal: AbortSignal) => Result | PromiseLike<Result>,
  ): Promise<Awaited<Result>> {
    // Since the permit was given, its task was settled.
    if (permit.isOver) throw this.#aborted!.reason
    try {
      const result = await call(this.#task.signal)
      permit.end({ how: 'succeeded', ms: permit.ageMs })
      return result
    } catch (error) {
      permit.end(isOverload(error) ? { how: 'rejected' } : { how: 'failed', ms: permit.ageMs })
      throw error
    }
  }

  /** Resolves when the call may be made; from then on, whatever happens, it holds a permit that has to be given back. */
  #permit({ share, terms }: ThreadLimit): Permit | Promise<Permit> {
    const refusedForMs = share.refuse()
    if (refusedForMs > 0) throw new LimitOpenError(terms.name, refusedForMs)
    if (share.take()) return this.#newPermit(share)
    return new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined
      const waited = (): void => {
        stopTimer(timer)
        this.#changes(() => this.#waits.delete(ended))
      }
      const waiter: Waiter = {
        sinceMs: monotonicMs(),
        granted: () => {
          waited()
          resolve(this.#newPermit(share))
        },
        refused: (forMs) => {
          waited()
          reject(new LimitOpenError(terms.name, forMs))
        },
      }
      const ended = (reason: unknown): void => {
        share.leave(waiter)
        waited()
        reject(reason)
      }
      this.#changes(() => this.#waits.add(ended))
      if (terms.queueTimeoutMs !== Infinity)
        timer = startTimer(() => ended(queueTimedOut(terms.name, terms.queueTimeoutMs)), terms.queueTimeoutMs)
      share.wait(waiter)
    })
  }

  #newPermit(share: LimitShare): Permit {
    const permit = new Permit((end) => {
      this.#changes(() => this.#permits.delete(permit))
      share.ended(end)
    })
    this.#changes(() => this.#permits.add(permit))
    return permit
  }

  get #isWaiting(): boolean {
    return this.#waits.size > 0 && this.#permits.size === 0
  }

  #changes(change: () => void): void {
    const now = clockMs()
    if (this.#isWaiting) this.#waitedMs += now - this.#waitsSince
    this.#waitsSince = now
    change()
  }
}

function isTimeout(reason: unknown): boolean {
  return isA(FanfoldError, reason) && reason.code === 'FANFOLD_TASK_TIMED_OUT'
}
