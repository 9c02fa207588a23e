import type { Batch, Run } from '@fanfold/core'
import { LineBytes } from './line-bytes.ts'
import type { OutcomeLines } from './outcome-lines.ts'
import { CHUNK_BYTES } from './output.ts'
import type { Output } from './output.ts'

/** Looks on at every batch. */
export type Onlooker = (batch: Batch) => void

/**
 * Takes all outcomes of a run and writes those that are wanted. No further batch is taken while the output has no room,
 * and so the run waits for a slow reader.
 *
 * @throws {OutputBroken}, and what the iteration throws; what was taken before is written in any case.
 */
export async function writeOutcomes(run: Run, lines: OutcomeLines, output: Output, look: Onlooker): Promise<void> {
  // Room for the line that fills the chunk: it need not grow then.
  const bytes = new LineBytes(2 * CHUNK_BYTES)
  try {
    for await (const batch of run.batches()) {
      look(batch)
      for (let i = 0; i < batch.length; i++) {
        if (!lines.has(batch, i)) continue
        lines.write(batch, i, bytes)
        if (bytes.length >= CHUNK_BYTES) await output.write(bytes)
      }
      // While nothing is being sent, there is no reason to keep a reader waiting.
      if (bytes.length > 0 && output.isIdle) await output.write(bytes)
    }
  } finally {
    await output.write(bytes)
  }
}

/** Takes all outcomes and writes none. */
export async function dropOutcomes(run: Run, look: Onlooker): Promise<void> {
  for await (const batch of run.batches()) look(batch)
}
