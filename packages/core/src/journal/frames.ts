/**
 * What a journal consists of. The first frame is a {@link HeaderFrame}, the others tell, in order, what happened to the
 * run. Frames are only ever added at the end; the format on disk is in `format.ts`.
 */
import type { OutputMark } from '../options/journaled-output.ts'
import type { CheckCounts, CheckEnds } from './check-sums.ts'
import type { Status } from '@fanfold/workers/protocol'
import type { SourceIdentity } from '../sources/shard.ts'

/** A journal of another version is refused. */
export const JOURNAL_VERSION = 1

export type Frame = HeaderFrame | SettledFrame | RedrivenFrame | ResumedFrame | EndedFrame

/** What the journal is of. */
export interface HeaderFrame extends JournalIdentity {
  readonly frame: 'header'
  readonly version: number
  /** ISO 8601 */
  readonly createdAt: string
}

/** All that the outcomes, and the lines of the output, depend on. */
export interface JournalIdentity {
  readonly source: JournaledSource
  readonly verifier: VerifierIdentity
  /** SHA-256, in hex, of the configuration; see `config-digest.ts`. */
  readonly config: string
  readonly order: 'arrival' | 'input'
  /** What the lines of the output depend on, as its writer names it; without an output `undefined`. */
  readonly output?: Readonly<Record<string, string>>
}

/** How a source is known again: by its inputs, or by the id that was given for it. */
export interface JournaledSource extends SourceIdentity {
  readonly id?: string
}

export interface VerifierIdentity {
  /** For people: the same module at another place is the same verifier. */
  readonly url: string
  /** SHA-256, in hex, of the module file's bytes; of the URL itself when it names no file. */
  readonly sha256: string
}

/** Outcomes that were settled, and taken by the consumer, since the frame before. */
export interface SettledFrame {
  readonly frame: 'settled'
  /** Pairs from, to (exclusive) of outcome indices, ascending. */
  readonly ranges: readonly number[]
  /** Those of them that are unsuccessful: they can be redriven. */
  readonly unsuccessful: readonly UnsuccessfulEntry[]
  /** Over the others. What is redriven so needs not be taken out of any sum. */
  readonly sums: Sums
  /** Of the first unsuccessful of the run only. */
  readonly errors?: readonly FirstError[]
  readonly output?: OutputMark
}

/** Index, status code (see `STATUSES`), duration in ms, further attempts that were made; of a chain, how its checks ended. */
export type UnsuccessfulEntry = readonly [
  index: number,
  status: number,
  durationMs: number,
  retries: number,
  checks?: CheckEnds,
]

export interface FirstError {
  readonly index: number
  readonly line?: number
  readonly file?: string
  readonly status: Status
  /** Of a chain: whose error it is. */
  readonly check?: string
  readonly name: string
  readonly message: string
  readonly code?: string
}

/** Sums over completed outcomes. */
export interface Sums {
  /** By verdict code. */
  readonly verdicts: readonly number[]
  readonly reasons: Readonly<Record<string, number>>
  /** Pairs of duration bucket and count, see `duration-buckets.ts` of the workers. */
  readonly buckets: readonly number[]
  /** The ten slowest, slowest first: pairs of outcome index and ms. */
  readonly slowest: readonly number[]
  /** Further attempts that were made. */
  readonly retries: number
  /** Of a chain. */
  readonly checks?: CheckCounts
}

/**
 * From here on everything unsuccessful counts as not settled again. Written, and durable, before the output without its
 * lines takes the place of the old one.
 */
interface RedrivenFrame {
  readonly frame: 'redriven'
  readonly at: string
  /** What holds from here on. */
  readonly verifier: VerifierIdentity
  readonly config: string
  /** The whole new output; `undefined` when there is no output or no line to be removed. */
  readonly output?: OutputMark & {
    /** The path that it is renamed from. */
    readonly temporary: string
  }
}

/** A process went on with the run. */
interface ResumedFrame {
  readonly frame: 'resumed'
  readonly at: string
  readonly host: string
  readonly pid: number
  /** What may differ from one start to the next, for people. */
  readonly settings?: Readonly<Record<string, string>>
}

/** The run came to its end: finished, failed or cancelled. */
export interface EndedFrame {
  readonly frame: 'ended'
  readonly at: string
  /** The run's final report, as JSON. */
  readonly report: unknown
  /** Whether the source was read to its end. */
  readonly sourceExhausted: boolean
  /** How many tasks were asked for; `undefined` is all. */
  readonly limit?: number
  /** Whether all that was read is settled, nothing aborted. */
  readonly isWhole: boolean
}
