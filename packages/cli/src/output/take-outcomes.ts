import type { Run } from '@fanfold/core'
import { LineBytes } from './line-bytes.ts'
import type { OutcomeLines } from './outcome-lines.ts'
import { CHUNK_BYTES, OutputBroken } from './output.ts'
import type { Output } from './output.ts'

/**
 * Takes all outcomes of a run and, if there is an output, writes those that are wanted. When the output breaks, which
 * it tells when it is closed, the run is cancelled.
 *
 * @throws what is neither that nor why the run ended, which its report tells: a bug of ours
 */
export async function takeOutcomes(run: Run, lines: OutcomeLines, output: Output | undefined): Promise<void> {
  const errors: unknown[] = []
  const note = (error: unknown): number => errors.push(error)
  if (output === undefined) {
    await dropOutcomes(run).catch(note)
  } else {
    // Room for the line that fills the chunk: it need not grow then.
    const bytes = new LineBytes(2 * CHUNK_BYTES)
    await writeOutcomes(run, lines, output, bytes).catch(note)
    // What was taken is written, whatever came after it.
    await output.write(bytes).catch(note)
    await output.flush().catch(note)
  }
  if (errors.length === 0) return
  const why = await run.report().then(
    ({ failure }) => failure,
    (startError: unknown) => startError,
  )
  for (const error of errors) if (!(error instanceof OutputBroken) && error !== why) throw error
}

async function dropOutcomes(run: Run): Promise<void> {
  for await (const _ of run.batches()) continue
}

/** No further batch is taken while the output has no room, and so the run waits for a slow reader. */
async function writeOutcomes(run: Run, lines: OutcomeLines, output: Output, bytes: LineBytes): Promise<void> {
  for await (const batch of run.batches()) {
    for (let i = 0; i < batch.length; i++) {
      if (!lines.has(batch, i)) continue
      lines.write(batch, i, bytes)
      if (bytes.length >= CHUNK_BYTES) await output.write(bytes)
    }
    // While nothing is being sent, there is no reason to keep a reader waiting.
    if (bytes.length > 0 && output.isIdle) await output.write(bytes)
  }
}
