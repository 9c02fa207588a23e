import type { Event, RunId, ShardRead } from '../coordinator/events.ts'
import type { ReadLimits, Shard, ShardReader } from '../sources/shard.ts'
import type { ConductedRun } from './conducted-run.ts'
import { isLongTurn, nextTurn, noteTurn } from './turn.ts'

/** Reads a shard of a run's source, and tells what came of it: at once, where the source does not have to be waited for. */
export async function readNext(
  id: RunId,
  run: ConductedRun,
  { maxTasks, maxBytes }: ReadLimits,
  tell: (event: Event) => void,
): Promise<void> {
  try {
    noteTurn()
    const read = run.reader!.next({ maxTasks, maxBytes })
    const isAtHand = !(read instanceof Promise)
    const shard = isAtHand ? read : await read
    if (isAtHand && isLongTurn()) await nextTurn()
    tell(shard === undefined ? { type: 'sourceEnded', run: id } : shardRead(id, run, shard))
  } catch (error) {
    tell({ type: 'sourceFailed', run: id, error: error as Error })
  }
}

function shardRead(id: RunId, run: ConductedRun, shard: Shard): ShardRead {
  return {
    type: 'shardRead',
    run: id,
    tasks: shard.tasks,
    bytes: shard.bytes,
    records: shard,
    unreadable: shard.unreadable,
    gathered: 0,
    ...remainingOf(run.reader, run.read + shard.tasks),
  }
}

/** What a source still holds, where that is known. @param read - tasks that were read of it */
export function remainingOf(
  reader: ShardReader | undefined,
  read: number,
): Pick<ShardRead, 'remainingTasks' | 'remainingBytes'> {
  if (reader === undefined) return { remainingTasks: undefined, remainingBytes: undefined }
  const { totalTasks, totalBytes, bytesRead, areBytesElsewhere = false } = reader
  return {
    remainingTasks: totalTasks === undefined ? undefined : Math.max(0, totalTasks - read),
    remainingBytes: totalBytes === undefined || areBytesElsewhere ? undefined : Math.max(0, totalBytes - bytesRead),
  }
}
