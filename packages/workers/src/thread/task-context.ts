import type { VerifyContext } from '../verifier.ts'

/** What a verifier is given beside the item. The signal is made when it is first read: it costs as much as a cheap task. */
export class TaskContext implements VerifyContext {
  readonly state: unknown
  readonly config: unknown
  readonly attempt: number
  readonly index: number
  readonly line: number | undefined
  readonly file: string | undefined
  #controller: AbortController | undefined
  #ended: { reason: unknown } | undefined

  constructor(shard: ShardContext, index: number, line: number | undefined, file: string | undefined = shard.file) {
    this.state = shard.state
    this.config = shard.config
    this.attempt = shard.attempt
    this.index = index
    this.line = line
    this.file = file
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.#ended !== undefined) this.#controller.abort(this.#ended.reason)
    return this.#controller.signal
  }

  /** Fires the signal, now or when it is first read. */
  abort(reason: unknown): void {
    this.#ended ??= { reason }
    this.#controller?.abort(reason)
  }
}

/** What is the same for all tasks of a shard. */
export interface ShardContext {
  readonly state: unknown
  readonly config: unknown
  readonly attempt: number
  readonly file: string | undefined
}
