import {
  LineBytes,
  LineChoice,
  LineWriter,
  recordFormOf,
  writeAnswer,
  writeChecks,
  writeError,
} from '@fanfold/workers/lines'
import type { LineSettings, RecordForm } from '@fanfold/workers/lines'
import type { PartLines } from '@fanfold/workers/protocol'
import type { Outcome } from '../outcome.ts'
import type { Shard } from '../sources/shard.ts'

/** What lines are made of: a batch. */
interface Outcomes {
  readonly length: number
  readonly shard: Pick<Shard, 'file' | 'writeRecord'>
  readonly statuses: Uint8Array
  readonly verdicts: Uint8Array
  positionAt(i: number): number
  at(i: number): Outcome
}

const USUAL_BYTES = 64 * 1024

/**
 * The lines of outcomes that no thread has written: those that the main thread has settled, and those that were on their
 * way when lines were asked for. Byte for byte what a thread would have written.
 *
 * @param isSettledHere - no thread has had the last word on them
 */
export function writeLines(batch: Outcomes, settings: LineSettings, isSettledHere: boolean): PartLines {
  const { length, shard, statuses, verdicts } = batch
  const bytes = new LineBytes(USUAL_BYTES)
  const choice = new LineChoice(settings)
  const writer = new LineWriter(bytes, shard.file, settings.timings)
  const ends = new Uint32Array(length)
  for (let i = 0; i < length; i++) {
    const status = statuses[i]!
    const verdict = verdicts[i]!
    if (choice.has(status, verdict)) {
      const outcome = batch.at(i)
      writer.head(outcome.index, outcome.line, outcome.id, outcome.file)
      writer.ending(status, verdict)
      if (outcome.status === 'completed') writeAnswer(outcome, bytes)
      else if (outcome.error !== undefined) writeError(outcome.error, bytes)
      if (outcome.checks !== undefined) writeChecks(Object.entries(outcome.checks), settings.timings, bytes)
      writer.account(outcome.attempts, outcome.durationMs, outcome.waitMs)
      if (choice.hasRecord(status, verdict))
        shard.writeRecord(batch.positionAt(i), bytes, formOf(outcome, isSettledHere))
      writer.end()
    }
    ends[i] = bytes.length
  }
  return { bytes: bytes.take(), ends }
}

function formOf(outcome: Outcome, isSettledHere: boolean): RecordForm {
  if (outcome.status === 'completed') return 'parsed'
  const form = recordFormOf(outcome.error)
  return isSettledHere && form === 'parsed' ? 'unknown' : form
}

/** The lines of some of a batch's outcomes, in memory of their own. */
export function selectLines({ bytes, ends }: PartLines, ordinals: readonly number[]): PartLines {
  let length = 0
  const selectedEnds = Uint32Array.from(ordinals, (i) => (length += ends[i]! - startOf(ends, i)))
  const selected = new Uint8Array(length)
  let at = 0
  for (let from = 0; from < ordinals.length;) {
    // Those that follow each other are copied together.
    let to = from + 1
    while (to < ordinals.length && ordinals[to] === ordinals[to - 1]! + 1) to++
    const stretch = bytes.subarray(startOf(ends, ordinals[from]!), ends[ordinals[to - 1]!])
    selected.set(stretch, at)
    at += stretch.length
    from = to
  }
  return { bytes: selected, ends: selectedEnds }
}

function startOf(ends: Uint32Array, i: number): number {
  return i === 0 ? 0 : ends[i - 1]!
}
