import type { CheckTerms } from '../../chain-terms.ts'
import type { RunShard } from '../../protocol.ts'
import { startBeat, stopBeat } from '../clock.ts'
import { PartWriter } from '../part-writer.ts'
import type { Records } from '../record-list.ts'
import { FoldedItems } from './folded-items.ts'
import { FoldingWriter } from './folding-writer.ts'
import type { FoldSettings } from './fold-settings.ts'
import type { LoadedReducer } from './loaded-reducer.ts'
import { ShardFold } from './shard-fold.ts'
import type { ThreadReducers } from './thread-reducers.ts'

/** How often the main thread sees that the loop turns, ms. */
const BEAT_MS = 50

/** What a shard's outcomes are written by. */
export function writerFor({ fold }: RunShard): PartWriter {
  return fold === undefined ? new PartWriter() : new FoldingWriter()
}

/**
 * Waits for the run's reducer.
 *
 * @param until - nobody wants it any more
 * @param beat - called again and again while it is waited for
 */
export async function reducerFor(
  fold: FoldSettings,
  reducers: ThreadReducers,
  until: Promise<void>,
  beat: () => void,
): Promise<LoadedReducer | undefined> {
  const beats = startBeat(beat, BEAT_MS)
  try {
    return (await Promise.race([reducers.get(fold), until])) ?? undefined
  } finally {
    stopBeat(beats)
  }
}

/** Has a shard's completed tasks folded. @param terms - of its chain @returns the records that they are to be given */
export function withFold(
  records: Records,
  writer: PartWriter,
  reducer: LoadedReducer | undefined,
  message: RunShard,
  terms: readonly CheckTerms[] | undefined,
): Records {
  if (reducer === undefined || !(writer instanceof FoldingWriter)) return records
  const items = new FoldedItems(records)
  writer.fold = new ShardFold(reducer, items, message, terms)
  return items
}
