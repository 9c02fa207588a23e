import type { VerifyContext } from '../verifier.ts'
import { TaskHost } from './host/host-functions.ts'
import type { VerifierHost } from './host/host-functions.ts'
import { TaskLimits } from './limits/task-limits.ts'
import type { ThreadLimits } from './limits/thread-limits.ts'

const NO_CHECKS: VerifyContext['checks'] = Object.freeze({})

/** What a verifier is given beside the item. What costs as much as a cheap task is made when it is first read. */
export class TaskContext implements VerifyContext {
  readonly state: unknown
  readonly config: unknown
  readonly index: number
  readonly line: number | undefined
  readonly file: string | undefined
  readonly prefetched: unknown
  readonly #shard: ShardContext
  #controller: AbortController | undefined
  #limits: TaskLimits | undefined
  #host: TaskHost | undefined
  #ended: { reason: unknown } | undefined

  constructor(shard: ShardContext, index: number, line: number | undefined, file: string | undefined = shard.file) {
    this.#shard = shard
    this.state = shard.state
    this.config = shard.config
    this.index = index
    this.line = line
    this.file = file
    this.prefetched = shard.prefetched
  }

  get attempt(): number {
    return this.#shard.attempt
  }

  get checks(): VerifyContext['checks'] {
    return NO_CHECKS
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.#ended !== undefined) this.#controller.abort(this.#ended.reason)
    return this.#controller.signal
  }

  get limit(): VerifyContext['limit'] {
    const limits = (this.#limits ??= new TaskLimits(this, this.#shard.limits))
    if (this.#ended !== undefined) limits.abort(this.#ended.reason)
    return (name, call) => limits.call(name, call)
  }

  get host(): Record<string, (...args: unknown[]) => Promise<unknown>> {
    this.#host ??= new TaskHost(this.#shard.host)
    if (this.#ended !== undefined) this.#host.abort(this.#ended.reason)
    return this.#host.functions
  }

  /** For how long it has waited for permits, and done nothing else that is known, ms. */
  get waitedMs(): number {
    return this.#limits?.waitedMs ?? 0
  }

  /** Fires the signal, now or when it is first read. Nothing of the task waits for a permit any more. */
  abort(reason: unknown): void {
    this.#ended ??= { reason }
    this.#controller?.abort(reason)
    this.#limits?.abort(reason)
    this.#host?.abort(reason)
  }

  /** The task has its outcome: what it still holds of the engine's limits goes back. */
  settled(reason: unknown): void {
    this.#limits?.settled(reason)
  }
}

/** What is the same for all tasks of a shard. */
export interface ShardContext {
  readonly state: unknown
  readonly config: unknown
  readonly attempt: number
  readonly file: string | undefined
  readonly limits: ThreadLimits
  readonly host: VerifierHost
  /** Of the group whose tasks are being started. */
  prefetched: unknown
}
