import { NO_VERDICT, STATUSES, VERDICTS } from '@fanfold/workers/protocol'
import type { Status } from '@fanfold/workers/protocol'
import type { VerdictName } from '@fanfold/workers'
import { FanfoldError } from '../../errors.ts'
import type { Outcome } from '../../outcome.ts'
import type { JournaledBatch } from '../frame-draft.ts'

/** An outcome, in short: a pass in 1 ms, unless it says something else. */
export interface Told {
  readonly index: number
  readonly status?: Status
  readonly verdict?: VerdictName
  readonly durationMs?: number
}

/** Outcomes as they are delivered, without the sums of a thread. */
export function batchOf(told: readonly Told[]): JournaledBatch {
  const isCompleted = ({ status = 'completed' }: Told): boolean => status === 'completed'
  return {
    length: told.length,
    statuses: Uint8Array.from(told, ({ status = 'completed' }) => STATUSES.indexOf(status)),
    verdicts: Uint8Array.from(told, (one) => (isCompleted(one) ? VERDICTS.indexOf(one.verdict ?? 'pass') : NO_VERDICT)),
    durations: Float32Array.from(told, ({ durationMs = 1 }) => durationMs),
    tally: undefined,
    isStretch: false,
    shard: { indexAt: (position) => told[position]!.index },
    positionAt: (i) => i,
    reasonAt: (i) => (told[i]!.verdict === 'flag' ? 'odd' : undefined),
    at: (i) => outcomeOf(told[i]!),
  }
}

export function passed(from: number, to: number): JournaledBatch {
  return batchOf(Array.from({ length: to - from }, (_, i) => ({ index: from + i })))
}

function outcomeOf({ index, status = 'completed', verdict = 'pass', durationMs = 1 }: Told): Outcome {
  const place = { index, attempts: 1, durationMs }
  if (status === 'completed') return { ...place, status, verdict }
  const error = new FanfoldError('FANFOLD_TASK_TIMED_OUT', `task ${index} ended badly`)
  return { ...place, status, error }
}
