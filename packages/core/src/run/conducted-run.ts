import type { Deliver, EndRun, KeepChecks, Read, Settle } from '../coordinator/commands.ts'
import type { Event, RunSettings, ShardId, VerifierId } from '../coordinator/events.ts'
import type { LineSettings } from '@fanfold/workers/lines'
import type { FoldSettings } from '@fanfold/workers/protocol'
import type { RunChain } from './run-chain.ts'
import type { StuckThread } from '../report/report.ts'
import type { Shard, ShardReader } from '../sources/shard.ts'

/** What the conductor needs of a run: where its tasks come from, and who takes what comes of them. */
export interface ConductedRun {
  readonly verifier: VerifierId
  readonly settings: RunSettings
  readonly reader: ShardReader | undefined
  /** The lines that its consumer reads; `undefined`: none. */
  readonly lines?: LineSettings | undefined
  /** How it is reduced; `undefined`: it is not. */
  readonly fold?: FoldSettings | undefined
  /** Set when its verifier is known to be a chain: before anything of it is dispatched. */
  chain: RunChain | undefined
  /** Tasks that were read. */
  readonly read: number
  /** Some of its tasks are settled: it has started. */
  readonly hasOutcomes: boolean
  /** Set for a source that does not read ahead: it answers a `read` at once. */
  readonly readGathered?: (command: Read) => Event
  warn(messages: readonly string[]): void
  noteStuck(thread: StuckThread): void
  failStart(error: Error): void
  keep(id: ShardId, shard: Shard): void
  /** @throws {FanfoldError} `FANFOLD_INTERNAL` when it was let go */
  shard(id: ShardId): Shard
  indexAt(id: ShardId, position: number): number | undefined
  release(id: ShardId): void
  deliver(command: Deliver): void
  settle(command: Settle): void
  keepChecks(command: KeepChecks): void
  retryAfter(delayMs: number, due: () => void): void
  end(command: EndRun): void
}
