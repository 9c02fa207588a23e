import * as atomics from './atomics.ts'
import { PLAIN_PASS } from '../verdict.ts'
import { nameTask } from './console-to-stderr.ts'
import { letGo } from './call-services.ts'
import type { PartWriter } from './part-writer.ts'
import type { Records } from './record-list.ts'
import { TaskContext } from './task-context.ts'
import type { ShardContext } from './task-context.ts'

/** What a burst calls: a verifier, or the runner of a chain. */
export interface BurstVerifier {
  verify(item: unknown, context: TaskContext, position: number): unknown
}

/** What a burst needs of its shard. */
export interface BurstShard {
  readonly cells: Int32Array
  readonly gate: number
  /** Position of the first record. */
  readonly base: number
  readonly records: Records
  readonly verifier: BurstVerifier
  readonly shard: ShardContext
  readonly writer: PartWriter
}

/**
 * Why a burst has ended. `done`: it has run all that it was to. `closed`: the gate is closed. `answered`: the task before
 * {@link TaskBurst.next} has given something that is no plain pass. `threw`: that task threw, or could not be read.
 */
export type BurstEnd = 'done' | 'closed' | 'answered' | 'threw'

/**
 * Starts tasks, in a row for as long as they are like most: sync, and passed without more to say. With all that it needs
 * in local variables a task costs 27 ns instead of 37 by going through the shard loop for each. Where each needs the loop
 * before it (async ones, for their time), the row is of one: there is no other way by which a task starts.
 */
export class TaskBurst {
  /** The next position to start. */
  next = 0
  /** What is in the gate as long as it is open. */
  lastStarted = 0
  /** Of a task that has not simply passed. */
  id: unknown
  context: TaskContext | undefined
  answer: unknown
  error: unknown
  readonly #shard: BurstShard

  constructor(shard: BurstShard) {
    this.#shard = shard
  }

  /** @param to - exclusive; within one range of positions */
  run(to: number): BurstEnd {
    const { cells, gate, base, records, verifier, shard, writer } = this.#shard
    let position = this.next
    let last = this.lastStarted
    let id: unknown
    let context: TaskContext | undefined
    try {
      for (; position < to; position++) {
        // Pairs with the main thread's closing of the gate: see cells.ts.
        if (atomics.compareExchange(cells, gate, last, position + 1) !== last) {
          this.next = position
          return 'closed'
        }
        last = position + 1
        const ordinal = position - base
        id = undefined
        const item = records.item(ordinal)
        id = records.id(ordinal, item)
        const index = records.index(ordinal)
        context = new TaskContext(shard, index, records.line(ordinal), records.file?.(ordinal))
        nameTask(index)
        const answer = verifier.verify(item, context, position)
        if ((answer === true || answer === PLAIN_PASS) && id === undefined) {
          if (shard.hasAsked) letGo(shard, context)
          writer.passed(position)
          continue
        }
        this.#leave(last, id)
        this.context = context
        this.answer = answer
        return 'answered'
      }
    } catch (error) {
      this.#leave(last, id)
      this.context = context
      this.error = error
      return 'threw'
    }
    this.next = position
    this.lastStarted = last
    return 'done'
  }

  /** Lets go of what was said of the last task. */
  forget(): void {
    this.id = this.context = this.answer = this.error = undefined
  }

  #leave(last: number, id: unknown): void {
    this.next = last
    this.lastStarted = last
    this.id = id
  }
}
