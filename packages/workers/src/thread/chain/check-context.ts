import type { EarlierCheck } from '../../earlier-check.ts'
import type { VerifyContext } from '../../verifier.ts'
import { CallContext } from '../task-context.ts'
import type { ShardContext } from '../task-context.ts'
import type { LoadedCheck } from '../loaded-verifier.ts'
import type { ChainTask } from './chain-task.ts'

/** What a check is given beside the item. */
export class CheckContext extends CallContext implements VerifyContext {
  readonly #task: ChainTask
  readonly #check: LoadedCheck

  constructor(shard: ShardContext, task: ChainTask, check: LoadedCheck) {
    super(shard)
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
    return this.#task.prefetched?.[this.#check.place]
  }

  get attempt(): number {
    return this.#task.attemptOf(this.#check.place)
  }

  /** Those that it comes after have ended before it began. */
  get checks(): Readonly<Record<string, EarlierCheck>> {
    return this.#task.earlierOf(this.#check.place)
  }
}
