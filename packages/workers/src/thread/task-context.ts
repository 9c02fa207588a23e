import type { VerifyContext } from '../verifier.ts'
import { CallServices } from './call-services.ts'
import type { ServiceSources } from './call-services.ts'

const NO_CHECKS: VerifyContext['checks'] = Object.freeze({})

/** What the thread does with the context of a call: see {@link CallServices}. */
export interface CallContext {
  /** Of the task, within its source. */
  readonly index: number
  readonly waitedMs: number
  abort(reason: unknown): void
  settled(reason: unknown): void
}

/**
 * What the verifier of a task is given. One is made for every task, so it has few fields, and no class above it: that cost
 * 15 ns a task, and three more fields 5.
 */
export class TaskContext implements VerifyContext, CallContext {
  readonly index: number
  readonly line: number | undefined
  readonly file: string | undefined
  readonly prefetched: unknown
  readonly #shard: ShardContext
  #made: CallServices | undefined

  constructor(shard: ShardContext, index: number, line: number | undefined, file: string | undefined = shard.file) {
    this.#shard = shard
    this.index = index
    this.line = line
    this.file = file
    this.prefetched = shard.prefetched
  }

  get state(): unknown {
    return this.#shard.state
  }

  get config(): unknown {
    return this.#shard.config
  }

  get attempt(): number {
    return this.#shard.attempt
  }

  get checks(): VerifyContext['checks'] {
    return NO_CHECKS
  }

  get signal(): AbortSignal {
    return this.#services.signal
  }

  get limit(): VerifyContext['limit'] {
    return this.#services.limit
  }

  get host(): Record<string, (...args: unknown[]) => Promise<unknown>> {
    return this.#services.host
  }

  get waitedMs(): number {
    return this.#made?.waitedMs ?? 0
  }

  abort(reason: unknown): void {
    this.#services.abort(reason)
  }

  settled(reason: unknown): void {
    this.#made?.settled(reason)
  }

  get #services(): CallServices {
    return (this.#made ??= new CallServices(this.#shard))
  }
}

/** What is the same for all tasks of a shard. */
export interface ShardContext extends ServiceSources {
  readonly state: unknown
  readonly config: unknown
  readonly attempt: number
  readonly file: string | undefined
  /** Of the group whose tasks are being started. */
  prefetched: unknown
}
