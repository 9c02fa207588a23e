import { STATUSES } from '@fanfold/core'
import type { LineBatch, LineOptions, Run } from '@fanfold/core'
import { CHUNK_BYTES, OutputBroken } from './chunked-output.ts'
import type { Output } from './chunked-output.ts'

const ABORTED = STATUSES.indexOf('aborted')

/** What was written. */
export interface Written {
  lines: number
}

/**
 * Takes all outcomes of a run and, if there is an output, writes those that are wanted: the threads have made lines of
 * them. When the output breaks, which it tells when it is closed, the run is cancelled. To be called in the turn in which
 * the run was made.
 *
 * @param written - is counted up as it goes on
 * @throws what is neither that nor why the run ended, which its report tells: a bug of ours
 */
export async function takeOutcomes(
  run: Run,
  options: LineOptions,
  output: Output | undefined,
  written: Written,
): Promise<void> {
  const errors: unknown[] = []
  const note = (error: unknown): number => errors.push(error)
  if (output === undefined) {
    await dropOutcomes(run).catch(note)
  } else {
    await writeOutcomes(run.lineBatches(options), output, written).catch(note)
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
async function writeOutcomes(batches: AsyncIterable<LineBatch>, output: Output, written: Written): Promise<void> {
  for await (const batch of batches) {
    written.lines += batch.count
    add(batch, output)
    try {
      if (output.bytes.length >= CHUNK_BYTES) await output.send()
    } catch (error) {
      // Leaving the loop says that all of the batch was seen to, and a journal would take it for settled.
      output.giveUp?.(error)
      throw error
    }
    // While nothing is being sent, there is no reason to keep a reader waiting.
    if (output.bytes.length > 0 && output.isIdle) await output.send()
  }
}

function add({ bytes, ends, statuses }: LineBatch, { bytes: gathered, late }: Output): void {
  if (late === undefined || !statuses.includes(ABORTED)) return gathered.add(bytes)
  for (let i = 0; i < ends.length; i++) {
    const line = bytes.subarray(i === 0 ? 0 : ends[i - 1]!, ends[i])
    if (statuses[i] === ABORTED) late.add(line)
    else gathered.add(line)
  }
}
