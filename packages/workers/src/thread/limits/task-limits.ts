import { AsyncResource } from 'node:async_hooks'
import { isA } from '../../error-codec.ts'
import { FanfoldError } from '../../fanfold-error.ts'
import { isOverload } from '../../overload.ts'
import { clockMs, monotonicMs, startTimer, stopTimer } from '../clock.ts'
import { LimitOpenError, deadlocked, queueTimedOut } from './limit-errors.ts'
import type { Waiter } from './limit-share.ts'
import { Permit } from './permit.ts'
import type { ThreadLimit, ThreadLimits } from './thread-limits.ts'

/** What a task is to its limits. */
export interface LimitedTask {
  readonly signal: AbortSignal
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
      const result = await permit.run(() => call(this.#task.signal))
      permit.end({ how: 'succeeded', ms: permit.ageMs })
      return result
    } catch (error) {
      permit.end(isOverload(error) ? { how: 'rejected' } : { how: 'failed', ms: permit.ageMs })
      throw error
    }
  }

  /** Resolves when the call may be made; from then on, whatever happens, it holds a permit that has to be given back. */
  #permit(limit: ThreadLimit): Permit | Promise<Permit> {
    const { share, terms } = limit
    const refusedForMs = share.refuse()
    if (refusedForMs > 0) throw new LimitOpenError(terms.name, refusedForMs)
    return share.take() ? this.#newPermit(limit) : this.#waitForPermit(limit)
  }

  #waitForPermit(limit: ThreadLimit): Promise<Permit> {
    const { share, terms } = limit
    const { promise, resolve, reject } = Promise.withResolvers<Permit>()
    // The permit belongs to what was begun here, whoever's turn it is when it comes.
    const newPermit = AsyncResource.bind(() => this.#newPermit(limit))
    const outer = Permit.enclosing()
    let timer: NodeJS.Timeout | undefined
    const over = (): void => {
      stopTimer(timer)
      this.#changes(() => this.#waits.delete(end))
      for (const permit of outer) this.#nest(permit, terms.name, -1)
    }
    const end = (reason: unknown): void => {
      share.leave(waiter)
      over()
      reject(reason)
    }
    const waiter: Waiter = {
      sinceMs: monotonicMs(),
      holds: outer.map((permit) => permit.limit),
      granted: () => {
        over()
        resolve(newPermit())
      },
      refused: (forMs) => {
        over()
        reject(new LimitOpenError(terms.name, forMs))
      },
      deadlocked: (names) => end(deadlocked(names)),
    }
    this.#changes(() => this.#waits.add(end))
    for (const permit of outer) this.#nest(permit, terms.name, 1)
    if (terms.queueTimeoutMs !== Infinity)
      timer = startTimer(() => end(queueTimedOut(terms.name, terms.queueTimeoutMs)), terms.queueTimeoutMs)
    share.wait(waiter)
    return promise
  }

  #newPermit({ share, terms }: ThreadLimit): Permit {
    const permit = new Permit(terms.name, (end) => {
      this.#changes(() => this.#permits.delete(permit))
      share.ended(end)
    })
    this.#changes(() => this.#permits.add(permit))
    return permit
  }

  /** A call that was begun within that of the permit waits for the other limit, or waits no longer. */
  #nest(permit: Permit, waitedFor: string, by: 1 | -1): void {
    this.#changes(() => (permit.waits += by))
    this.#limits.get(permit.limit).share.blocked(waitedFor, by)
  }

  /** It waits for permits, and every call that it makes waits for one that was begun within it. */
  get #isWaiting(): boolean {
    if (this.#waits.size === 0) return false
    for (const permit of this.#permits) if (permit.waits === 0) return false
    return true
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
