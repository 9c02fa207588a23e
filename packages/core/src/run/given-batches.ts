import type { OutcomePart } from '@fanfold/workers/protocol'
import type { Deliver, KeepChecks } from '../coordinator/commands.ts'
import type { BatchChecks } from '../merge/batch-checks.ts'
import { OutcomeBatch } from '../merge/batch.ts'
import type { ChainOfRun } from '../merge/batch.ts'
import type { Shard } from '../sources/shard.ts'

/** The outcomes that a command says count. */
export function batchOf(shard: Shard, command: Deliver, chain: ChainOfRun | undefined): OutcomeBatch {
  const { attempts, retries, accepted, valueBytes } = command
  // `batch` is what the backend gave with the event; the coordinator passes it on unseen.
  const part = command.batch as OutcomePart
  const whole = OutcomeBatch.ofPart(command.shard, shard, part, { attempts, retries }, valueBytes, chain)
  return accepted === undefined ? whole : whole.select(accepted)
}

/** The checks of outcomes that do not count, for some of them are tried again. */
export function checksOf(shard: Shard, command: KeepChecks, chain: ChainOfRun): BatchChecks {
  const part = command.batch as OutcomePart // as above
  return OutcomeBatch.ofPart(command.shard, shard, part, { attempts: 0, retries: 0 }, 0, chain).checks! // it is a chain
}
