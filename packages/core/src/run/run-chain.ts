import { CHECK_CRASHED, CHECK_TIMED_OUT, encodeError } from '@fanfold/workers/protocol'
import type { CheckTerms, EarlierChecks, EndedCheck } from '@fanfold/workers/protocol'
import type { ChargedChecks, KeepChecks, SettleCheck } from '../coordinator/commands.ts'
import type { ShardId } from '../coordinator/events.ts'
import { isInRanges } from '../coordinator/position-set.ts'
import type { Ranges } from '../coordinator/position-set.ts'
import type { BatchChecks, EndedChecks } from '../merge/batch-checks.ts'

/** What a run whose verifier is a chain keeps of tasks that are tried again for some of their checks. */
export class RunChain {
  readonly terms: readonly CheckTerms[]
  /** By shard and position: the checks that have ended for good, of tasks that have not. */
  readonly #ended = new Map<ShardId, Map<number, Map<number, EndedCheck>>>()

  constructor(terms: readonly CheckTerms[]) {
    this.terms = terms
  }

  /** @param checks - of the batch that the command speaks of */
  keep({ shard, position, positions, again }: KeepChecks, checks: BatchChecks): void {
    const ordinal = positions instanceof Uint32Array ? positions.indexOf(position) : position - positions.from
    for (const ended of checks.endedBut(again, ordinal)) this.#of(shard, position).set(ended.detail.check, ended)
  }

  settle({ shard, position, check, status, attempts, durationMs, error }: SettleCheck): void {
    const code = status === 'crashed' ? CHECK_CRASHED : CHECK_TIMED_OUT
    const detail = { check, attempts, error: encodeError(error) }
    this.#of(shard, position).set(check, { code, durationMs, detail })
  }

  /** What a thread has to know of tasks that are sent to it. */
  earlierIn(shard: ShardId, ranges: Ranges, charged: readonly ChargedChecks[]): readonly EarlierChecks[] | undefined {
    const ended = this.#ended.get(shard)
    if (ended === undefined && charged.length === 0) return undefined
    const attempts = new Map(charged.map((task) => [task.position, task.attempts]))
    const positions = new Set([...attempts.keys(), ...(ended?.keys() ?? [])])
    return [...positions]
      .filter((position) => isInRanges(ranges, position))
      .sort((a, b) => a - b)
      .map((position) => ({
        position,
        attempts: attempts.get(position) ?? [],
        ended: [...(ended?.get(position)?.values() ?? [])],
      }))
  }

  endedOf(shard: ShardId, position: number): EndedChecks | undefined {
    return this.#ended.get(shard)?.get(position)
  }

  release(shard: ShardId): void {
    this.#ended.delete(shard)
  }

  #of(shard: ShardId, position: number): Map<number, EndedCheck> {
    let ofShard = this.#ended.get(shard)
    if (ofShard === undefined) this.#ended.set(shard, (ofShard = new Map()))
    let ofTask = ofShard.get(position)
    if (ofTask === undefined) ofShard.set(position, (ofTask = new Map()))
    return ofTask
  }
}
