import type { EarlierCheck } from '../../earlier-check.ts'
import type { VerifyContext } from '../../verifier.ts'
import { CallServices } from '../call-services.ts'
import type { ServiceSources } from '../call-services.ts'
import type { CallContext } from '../task-context.ts'
import type { LoadedCheck } from '../loaded-verifier.ts'
import type { ChainTask } from './chain-task.ts'

/** What a check is given beside the item. */
export class CheckContext implements VerifyContext, CallContext {
  readonly #sources: ServiceSources
  readonly #task: ChainTask
  readonly #check: LoadedCheck
  #made: CallServices | undefined

  constructor(sources: ServiceSources, task: ChainTask, check: LoadedCheck) {
    this.#sources = sources
    this.#task = task
    this.#check = check
  }

  get state(): unknown {
    return this.#check.verifier.state
  }

  get config(): unknown {
    return this.#check.verifier.config
  }

  get index(): number {
    return this.#task.place.index
  }

  get line(): number | undefined {
    return this.#task.place.line
  }

  get file(): string | undefined {
    return this.#task.place.file
  }

  get prefetched(): unknown {
    return this.#task.prefetched?.byCheck[this.#check.place]
  }

  get attempt(): number {
    return this.#task.attemptOf(this.#check.place)
  }

  /** Those that it comes after have ended before it began. */
  get checks(): Readonly<Record<string, EarlierCheck>> {
    return this.#task.earlierOf(this.#check.place)
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
    return (this.#made ??= new CallServices(this.#sources))
  }
}
