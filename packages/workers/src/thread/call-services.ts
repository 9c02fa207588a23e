import type { VerifyContext } from '../verifier.ts'
import { TaskHost } from './host/host-functions.ts'
import type { VerifierHost } from './host/host-functions.ts'
import { TaskLimits } from './limits/task-limits.ts'
import type { ThreadLimits } from './limits/thread-limits.ts'
import { TASK_IS_OVER } from './task-errors.ts'

/** Where the services of a call come from. */
export interface ServiceSources {
  readonly limits: ThreadLimits
  readonly host: VerifierHost
  /** A call has asked for limits since this was last looked at: one that ends at once may have left something open. */
  hasAsked: boolean
}

/** A call has ended at once: what it has not waited for loses its permit. Costs nothing where no call asks for limits. */
export function letGo(sources: ServiceSources, context: { settled(reason: unknown): void } | undefined): void {
  if (!sources.hasAsked) return
  sources.hasAsked = false
  context?.settled(TASK_IS_OVER)
}

/** What a call of a verifier may use. Each is made when it is first asked for: it costs as much as a cheap task. */
export class CallServices {
  readonly #sources: ServiceSources
  #controller: AbortController | undefined
  #limits: TaskLimits | undefined
  #host: TaskHost | undefined
  #ended: { readonly reason: unknown } | undefined

  constructor(sources: ServiceSources) {
    this.#sources = sources
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.#ended !== undefined) this.#controller.abort(this.#ended.reason)
    return this.#controller.signal
  }

  get limit(): VerifyContext['limit'] {
    this.#sources.hasAsked = true
    const limits = (this.#limits ??= new TaskLimits(this, this.#sources.limits))
    if (this.#ended !== undefined) limits.abort(this.#ended.reason)
    return (name, call) => limits.call(name, call)
  }

  get host(): Record<string, (...args: unknown[]) => Promise<unknown>> {
    this.#host ??= new TaskHost(this.#sources.host)
    if (this.#ended !== undefined) this.#host.abort(this.#ended.reason)
    return this.#host.functions
  }

  /** For how long it has waited for permits, and done nothing else that is known, ms. */
  get waitedMs(): number {
    return this.#limits?.waitedMs ?? 0
  }

  /** Fires the signal, now or when it is first read. Nothing of the call waits for a permit any more. */
  abort(reason: unknown): void {
    this.#ended ??= { reason }
    this.#controller?.abort(reason)
    this.#limits?.abort(reason)
    this.#host?.abort(reason)
  }

  /** It has its outcome: what it still holds of the engine's limits goes back. */
  settled(reason: unknown): void {
    this.#limits?.settled(reason)
  }
}
