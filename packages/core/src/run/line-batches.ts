import type { LineSettings } from '@fanfold/workers/lines'
import type { OutcomeBatch } from '../merge/batch.ts'

/** Outcomes that arrived together, as lines. */
export interface LineBatch {
  /** How many of them have a line. */
  readonly count: number
  /** The lines, each with its line end, in memory of their own. */
  readonly bytes: Uint8Array
  /** By outcome: where its line ends in `bytes`; where the one before ends, if it has none. */
  readonly ends: Uint32Array
  /** By outcome. Codes: see {@link Batch.statuses}. */
  readonly statuses: Uint8Array
}

/** A batch as lines, before its records are let go of. */
export function lineBatchOf(batch: OutcomeBatch, settings: LineSettings): LineBatch {
  const { bytes, ends } = batch.lines(settings)
  let count = 0
  let start = 0
  for (const end of ends) {
    if (end > start) count++
    start = end
  }
  return { count, bytes, ends, statuses: batch.statuses }
}

/** Where a stream of lines comes from. */
export interface LineSource {
  readonly next: () => Promise<LineBatch | undefined>
  /** The reader has gone. */
  readonly leave: (reason: unknown) => Promise<void>
}

/** A stream that asks for a batch when somebody reads, and for none before. A chunk has whole lines. */
export function lineStream({ next, leave }: LineSource): ReadableStream<Uint8Array> {
  let isLeft = false
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        // Of some batches no outcome is wanted.
        for (;;) {
          const batch = await next()
          if (isLeft) return
          if (batch === undefined) return controller.close()
          if (batch.bytes.length > 0) return controller.enqueue(batch.bytes)
        }
      },
      async cancel(reason) {
        isLeft = true
        await leave(reason)
      },
    },
    // Whoever asks for the next chunk has done with the last one: nothing is fetched before, and journaled too early.
    { highWaterMark: 0 },
  )
}
