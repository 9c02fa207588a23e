import type { Batch, Run } from '@fanfold/core'
import type { OutcomeLines } from './outcome-lines.ts'
import type { Output } from './output.ts'

/** Large enough that a write costs little, small enough that memory stays flat. */
const CHUNK_CHARACTERS = 256 * 1024

/** Looks on at every batch. */
export type Onlooker = (batch: Batch) => void

/**
 * Takes all outcomes of a run and writes those that are wanted. No further batch is taken while the output has no room,
 * and so the run waits for a slow reader.
 *
 * @throws {OutputBroken}, and what the iteration throws; what was gathered before is written in any case.
 */
export async function writeOutcomes(run: Run, lines: OutcomeLines, output: Output, look: Onlooker): Promise<void> {
  let text = ''
  try {
    for await (const batch of run.batches()) {
      look(batch)
      for (let i = 0; i < batch.length; i++) {
        if (!lines.has(batch, i)) continue
        text += lines.line(batch, i)
        if (text.length < CHUNK_CHARACTERS) continue
        await output.write(text)
        text = ''
      }
      // While nothing is being written, there is no reason to keep a reader waiting.
      if (text === '' || !output.isIdle) continue
      await output.write(text)
      text = ''
    }
  } finally {
    await output.write(text)
  }
}

/** Takes all outcomes and writes none. */
export async function dropOutcomes(run: Run, look: Onlooker): Promise<void> {
  for await (const batch of run.batches()) look(batch)
}
