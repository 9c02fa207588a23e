import type { EarlierCheck } from '../../earlier-check.ts'
import { TaskContext } from '../task-context.ts'
import type { ShardContext } from '../task-context.ts'
import type { ChainTask } from './chain-task.ts'

/** What a check is given beside the item. */
export class CheckContext extends TaskContext {
  readonly #task: ChainTask
  readonly #check: number
  #checks: Readonly<Record<string, EarlierCheck>> | undefined

  constructor(shard: ShardContext, task: ChainTask, check: number) {
    super(shard, task.at.index, task.at.line, task.at.file)
    this.#task = task
    this.#check = check
  }

  override get attempt(): number {
    return this.#task.attemptOf(this.#check)
  }

  /** Those that it comes after have ended before it began. */
  override get checks(): Readonly<Record<string, EarlierCheck>> {
    this.#checks ??= this.#task.earlierOf(this.#check)
    return this.#checks
  }
}
