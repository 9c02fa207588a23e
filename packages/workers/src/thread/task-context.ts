import type { VerifyContext } from '../verifier.ts'
import { TaskHost } from './host/host-functions.ts'
import type { VerifierHost } from './host/host-functions.ts'
import { TaskLimits } from './limits/task-limits.ts'
import type { ThreadLimits } from './limits/thread-limits.ts'

const NO_CHECKS: VerifyContext['checks'] = Object.freeze({})

/** What of a context is made when it is first read: each costs as much as a cheap task. */
interface Made {
  controller?: AbortController
  limits?: TaskLimits
  host?: TaskHost
  ended?: { readonly reason: unknown }
}

/** What a verifier is given beside the item, but for what says which task it is. */
export abstract class CallContext {
  readonly #shard: ShardContext
  #made: Made | undefined

  constructor(shard: ShardContext) {
    this.#shard = shard
  }

  /** Of the task, within its source. */
  abstract readonly index: number

  get signal(): AbortSignal {
    const made = (this.#made ??= {})
    made.controller ??= new AbortController()
    if (made.ended !== undefined) made.controller.abort(made.ended.reason)
    return made.controller.signal
  }

  get limit(): VerifyContext['limit'] {
    const made = (this.#made ??= {})
    const limits = (made.limits ??= new TaskLimits(this, this.#shard.limits))
    if (made.ended !== undefined) limits.abort(made.ended.reason)
    return (name, call) => limits.call(name, call)
  }

  get host(): Record<string, (...args: unknown[]) => Promise<unknown>> {
    const made = (this.#made ??= {})
    made.host ??= new TaskHost(this.#shard.host)
    if (made.ended !== undefined) made.host.abort(made.ended.reason)
    return made.host.functions
  }

  /** For how long it has waited for permits, and done nothing else that is known, ms. */
  get waitedMs(): number {
    return this.#made?.limits?.waitedMs ?? 0
  }

  /** Fires the signal, now or when it is first read. Nothing of the task waits for a permit any more. */
  abort(reason: unknown): void {
    const made = (this.#made ??= {})
    made.ended ??= { reason }
    made.controller?.abort(reason)
    made.limits?.abort(reason)
    made.host?.abort(reason)
  }

  /** The task has its outcome: what it still holds of the engine's limits goes back. */
  settled(reason: unknown): void {
    this.#made?.limits?.settled(reason)
  }
}

/** What the verifier of a task is given. */
export class TaskContext extends CallContext implements VerifyContext {
  readonly state: unknown
  readonly config: unknown
  readonly attempt: number
  readonly index: number
  readonly line: number | undefined
  readonly file: string | undefined
  readonly prefetched: unknown

  constructor(shard: ShardContext, index: number, line: number | undefined, file: string | undefined = shard.file) {
    super(shard)
    this.state = shard.state
    this.config = shard.config
    this.attempt = shard.attempt
    this.index = index
    this.line = line
    this.file = file
    this.prefetched = shard.prefetched
  }

  get checks(): VerifyContext['checks'] {
    return NO_CHECKS
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
