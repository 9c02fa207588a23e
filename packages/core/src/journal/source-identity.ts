import { FanfoldError } from '../errors.ts'
import type { Source } from '../sources/shard.ts'
import type { JournaledSource } from './frames.ts'

/**
 * How a journal will know the source again: by the id that was given for it, else by its inputs.
 *
 * @param signal - fires when nobody waits for it any more
 * @throws {FanfoldError} `FANFOLD_JOURNAL_SOURCE_ID` when there is neither; `FANFOLD_SOURCE_UNREADABLE`
 */
export async function journaledSource(
  source: Source,
  sourceId: string | undefined,
  signal?: AbortSignal,
): Promise<JournaledSource> {
  const { reading, inputs, files } = (await source.identity?.(signal)) ?? { reading: {} }
  if (sourceId !== undefined) return { reading, id: sourceId }
  if (inputs !== undefined) return { reading, inputs }
  if (files !== undefined) return { reading, files }
  const message =
    'the source is a stream, a pipe or made of items, so a journal cannot know it again. ' +
    'Give a sourceId (--source-id) that stands for exactly these tasks in this order, or read them from a file.'
  throw new FanfoldError('FANFOLD_JOURNAL_SOURCE_ID', message)
}
