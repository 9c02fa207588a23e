import type { OutcomePart, UnsuccessfulTask } from '../../outcome-columns.ts'
import { PLAIN_PASS } from '../../verdict.ts'
import type { Verdict } from '../../verdict.ts'
import type { ChainOutcome } from '../chain/chain-outcome.ts'
import { PartWriter } from '../part-writer.ts'
import type { ShardFold } from './shard-fold.ts'

/** Writes parts in which completed outcomes are folded, too. Other runs have nothing to do with it. */
export class FoldingWriter extends PartWriter {
  /** Set before the first outcome; without it, parts go without. */
  fold: ShardFold | undefined

  override passed(position: number): void {
    this.completed(position, PLAIN_PASS)
  }

  override completed(position: number, verdict: Verdict, id?: unknown): boolean {
    const isCompleted = super.completed(position, verdict, id)
    if (isCompleted) this.fold?.completed(position, verdict, id)
    return isCompleted
  }

  override unsuccessful(
    position: number,
    status: number,
    error: unknown,
    id?: unknown,
    failure?: UnsuccessfulTask['failure'],
  ): void {
    super.unsuccessful(position, status, error, id, failure)
    this.fold?.dropped(position)
  }

  override chained(position: number, outcome: ChainOutcome, id: unknown): void {
    super.chained(position, outcome, id)
    this.fold?.chained(position, outcome, id)
  }

  override get needsChecks(): boolean {
    return super.needsChecks || this.fold !== undefined
  }

  override take(): OutcomePart {
    return { ...super.take(), fold: this.fold?.take() }
  }
}
