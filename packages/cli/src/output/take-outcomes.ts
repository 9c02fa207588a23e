import { STATUSES } from '@fanfold/core'
import type { Batch, Run } from '@fanfold/core'
import { CHUNK_BYTES, OutputBroken } from './chunked-output.ts'
import type { Output } from './chunked-output.ts'
import type { OutcomeLines } from './outcome-lines.ts'

const ABORTED = STATUSES.indexOf('aborted')

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
    await writeOutcomes(run, lines, output).catch(note)
    // The run's journal has been ended: nothing in it names what comes now.
    if (output.late !== undefined) output.bytes.addAll(output.late)
    // What was taken is written, whatever came after it.
    await output.send().catch(note)
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
async function writeOutcomes(run: Run, lines: OutcomeLines, output: Output): Promise<void> {
  for await (const batch of run.batches()) {
    try {
      await writeBatch(batch, lines, output)
    } catch (error) {
      // Leaving the loop says that all of the batch was seen to, and a journal would take it for settled.
      output.giveUp?.(error)
      throw error
    }
    // While nothing is being sent, there is no reason to keep a reader waiting.
    if (output.bytes.length > 0 && output.isIdle) await output.send()
  }
}

async function writeBatch(batch: Batch, lines: OutcomeLines, output: Output): Promise<void> {
  const { bytes, late } = output
  for (let i = 0; i < batch.length; i++) {
    if (!lines.has(batch, i)) continue
    lines.write(batch, i, late !== undefined && batch.statuses[i] === ABORTED ? late : bytes)
    if (bytes.length >= CHUNK_BYTES) await output.send()
  }
}
