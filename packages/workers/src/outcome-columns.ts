/**
 * Outcomes as columns: what a thread posts and a consumer reads. A plain pass is two zero bytes and a duration;
 * only what differs from one is encoded as detail, and decoded by whoever asks for it.
 */
import type { EncodedError } from './error-codec.ts'
import type { Issue } from './verdict.ts'

/** Statuses in the order of their codes in the `statuses` column. */
export const STATUSES = ['completed', 'errored', 'timedOut', 'crashed', 'aborted', 'skipped'] as const
/** How a task ended. `errored`, `timedOut` and `crashed` together are the unsuccessful. */
export type Status = (typeof STATUSES)[number]

export const COMPLETED = 0
export const ERRORED = 1
export const TIMED_OUT = 2
export const CRASHED = 3
export const ABORTED = 4
/** In the `verdicts` column: the task reached no verdict. */
export const NO_VERDICT = 255

/** The positions of a part's outcomes within their shard: a stretch for a sync verifier, a list in order of settling otherwise. */
export type Positions = { readonly from: number; readonly count: number } | Uint32Array

/** Outcomes of one shard, posted together. All typed arrays are moved, not copied. */
export interface OutcomePart {
  readonly positions: Positions
  /** Codes, see {@link STATUSES}. */
  readonly statuses: Uint8Array
  /** Codes, see `VERDICTS`, or {@link NO_VERDICT}. */
  readonly verdicts: Uint8Array
  /** ms */
  readonly durations: Float32Array
  /** With `lines`, values are in these, and of issues there is the first one's reason. */
  readonly details: PartDetails | undefined
  /** Of a chain: what its checks came to. */
  readonly checks?: PartChecks | undefined
  /** By ordinal in this part; only for sources with an `id` option, and without `lines`. */
  readonly ids: readonly unknown[] | undefined
  /** When the run's consumer reads lines. */
  readonly lines?: PartLines | undefined
  /** When the run is reduced; without it, what was completed is folded elsewhere. */
  readonly fold?: PartFold | undefined
  /** Of those that waited for permits of limits: pairs of ordinal and ms, the ordinals ascending. */
  readonly waits?: readonly number[] | undefined
  /** `undefined` where there are so few outcomes that they are counted one by one. */
  readonly tally: PartTally | undefined
  /** Its outcomes without a verdict, but for those that were aborted. */
  readonly unsuccessful: readonly UnsuccessfulTask[]
}

export interface UnsuccessfulTask {
  readonly position: number
  /** For which another attempt may end differently; `undefined`: none would. */
  readonly failure: 'throw' | 'timeout' | undefined
  /** The downstream asks for a wait of so many ms before another attempt. */
  readonly retryAfterMs?: number | undefined
  /** Of a chain: the checks for which another attempt may end differently; then `failure` is `undefined`. */
  readonly checks?: readonly FailedCheck[] | undefined
}

export interface FailedCheck {
  /** Its place in the chain. */
  readonly check: number
  /** `undefined`: it has not begun, and could not alone: another check of its task may still be at work in the thread. */
  readonly failure: 'throw' | 'timeout' | undefined
  readonly retryAfterMs?: number | undefined
}

/** The checks of a part's outcomes: a row for each outcome whose checks have not all simply passed. */
export interface PartChecks {
  /** How many a task has. */
  readonly perTask: number
  /** Of the outcomes that have a row, ascending. */
  readonly ordinals: Uint32Array
  /** Row by row, in the order of the chain; see `check-ends.ts`. */
  readonly codes: Uint8Array
  /** ms */
  readonly durations: Float32Array
  /** Of outcomes without a row, by check: as one in a few of them was timed, ms. */
  readonly ofPasses: Float32Array
}

/** What differs from a plain pass, for some of a part's outcomes. */
export interface PartDetails {
  /** Ordinals within the part, ascending. */
  readonly ordinals: Uint32Array
  /** 1 + index into `reasons`, for a verdict that has no more to say than its reason; else 0. */
  readonly reasonIds: Uint32Array
  readonly reasons: readonly string[]
  /** Where each one's serialised {@link Detail} ends in `bytes`; it starts where the one before ends. Empty: none. */
  readonly ends: Uint32Array
  readonly bytes: Uint8Array
}

/** Outcomes as lines of NDJSON, each with its line end. */
export interface PartLines {
  readonly bytes: Uint8Array
  /** By ordinal: where its line ends; where the one before ends, if it has none. */
  readonly ends: Uint32Array
}

/** A part's completed outcomes, folded by the run's reducer; or why that was not possible. */
export type PartFold = PartAccumulators | { readonly error: EncodedError }

export interface PartAccumulators {
  /** Pairs of positions, `from, to` (exclusive): which stretches they are of. Empty: the only one is of all. */
  readonly stretches: readonly number[]
  /** Where each accumulator ends in `bytes` (`plain-value.ts`); it starts where the one before ends. */
  readonly ends: readonly number[]
  readonly bytes: Uint8Array
}

export function accumulatorsOf(fold: PartFold | undefined): PartAccumulators | undefined {
  return fold === undefined || 'error' in fold ? undefined : fold
}

/** What a part keeps in memory beyond its columns, bytes. */
export function valueBytesOf({ details, lines, fold }: Pick<OutcomePart, 'details' | 'lines' | 'fold'>): number {
  return (details?.bytes.length ?? 0) + (lines?.bytes.length ?? 0) + (accumulatorsOf(fold)?.bytes.length ?? 0)
}

/** One outcome's detail, serialised by `v8.serialize`. */
export interface Detail {
  readonly issues?: readonly Issue[]
  readonly value?: unknown
  readonly error?: EncodedError
  /** Of a chain: those of its checks that have more to say than how they ended. */
  readonly checks?: readonly CheckDetail[]
}

/** What a check of a task has to say. */
export interface CheckDetail {
  /** Its place in the chain. */
  readonly check: number
  /** Executions that were charged to it; 1 if absent, and 0 of one that was skipped or aborted. */
  readonly attempts?: number
  readonly issues?: readonly Issue[] | undefined
  readonly value?: unknown
  readonly error?: EncodedError
  /** How long it waited for permits of limits. */
  readonly waitMs?: number
}

/** A check that has ended for good in an earlier attempt of its task, as a thread is told of it. */
export interface EndedCheck {
  /** See `check-ends.ts`. */
  readonly code: number
  readonly durationMs: number
  readonly detail: CheckDetail
}

/** What earlier attempts of a task have come to. */
export interface EarlierChecks {
  readonly position: number
  /** By check: executions that were charged to it. */
  readonly attempts: readonly number[]
  readonly ended: readonly EndedCheck[]
}

/** How long the outcome waited for permits, ms; `undefined` when it did not: binary search in `OutcomePart.waits`. */
export function waitOf(waits: readonly number[] | undefined, ordinal: number): number | undefined {
  if (waits === undefined) return undefined
  let low = 0
  let high = waits.length / 2 - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const found = waits[2 * middle]!
    if (found === ordinal) return waits[2 * middle + 1]
    if (found < ordinal) low = middle + 1
    else high = middle - 1
  }
  return undefined
}

/** The sums over a part, counted in the thread, so that the main thread works per part. */
export interface PartTally {
  /** By status code. */
  readonly statuses: readonly number[]
  /** By verdict code. */
  readonly verdicts: readonly number[]
  readonly reasons: Readonly<Record<string, number>>
  /** Of a chain: check by check, how often it ended with each code of `check-ends.ts`. */
  readonly checks?: readonly number[] | undefined
  /** Pairs of duration bucket (see `duration-buckets.ts`) and count. */
  readonly buckets: readonly number[]
  /** The few slowest: pairs of position and ms. */
  readonly slowest: readonly number[]
}

/** Where a number is among ascending ones, or -1. */
export function indexIn(ascending: Uint32Array, wanted: number): number {
  let low = 0
  let high = ascending.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const found = ascending[middle]!
    if (found === wanted) return middle
    if (found < wanted) low = middle + 1
    else high = middle - 1
  }
  return -1
}
