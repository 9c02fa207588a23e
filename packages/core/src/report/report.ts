import type { Status } from '@fanfold/workers/protocol'
import type { VerdictName } from '@fanfold/workers'
import type { LimitStatus } from '../options/limit-options.ts'
import type { Tolerance } from '../policy/tolerance.ts'

/**
 * `succeeded`: every task completed. `partial`: some did not, within the tolerance that was given, or none was given.
 * `failed`: the tolerance was exceeded, the source or an output broke, or no thread was left. `aborted`: cancelled.
 */
export type RunResult = 'succeeded' | 'partial' | 'failed' | 'aborted'

/** The account of a run: every task that was read is in exactly one of `statuses`. */
export interface Report {
  readonly result: RunResult
  /** Tasks read, and the unread rest of a source of known size when the run was cut short. */
  readonly total: number
  /** Whether the source was read to its end. */
  readonly sourceExhausted: boolean
  /**
   * Of the total, what was settled before this run, by those that it resumes; all of it when the journal was complete and
   * nothing was run. Absent when nothing was.
   */
  readonly resumed?: number
  readonly statuses: Readonly<Record<Status, number>>
  readonly verdicts: Readonly<Record<VerdictName, number>>
  /** How often each was the first issue's reason. */
  readonly reasons: Readonly<Record<string, number>>
  /** Of a chain, by name: how often each check ended in which way. The unread rest of a source is not in it. */
  readonly checks?: Readonly<Record<string, CheckReport>> | undefined
  /** Further attempts that were made. */
  readonly retries: number
  /** Threads that were ended and started anew in this run. */
  readonly threadsReplaced: number
  /** Threads that could not be ended because they were stuck in native code. */
  readonly stuckThreads: readonly StuckThread[]
  readonly threads: number
  readonly elapsedMs: number
  readonly tasksPerSecond: number
  /** Of the tasks that ran; from a histogram with buckets of 9%. */
  readonly durationMs: { readonly p50: number; readonly p90: number; readonly p99: number; readonly max: number }
  /** The ten slowest tasks, slowest first. */
  readonly slowest: readonly SlowTask[]
  /** The first tasks that were unsuccessful, in the order in which that was known; at most ten. */
  readonly firstErrors: readonly FirstError[]
  /** What the run tolerates, where that was set: `count` or `percentage`. */
  readonly tolerance?: Tolerance & { readonly unsuccessful: number; readonly isExceeded: boolean }
  /** By name: each limit of the engine, with what has happened at it while the run went on, for whatever run. */
  readonly limits?: Readonly<Record<string, LimitStatus>> | undefined
  readonly warnings: readonly string[]
  /** Why the run `failed` or was `aborted`. */
  readonly failure?: Error
}

/** How the checks of one name ended. */
export interface CheckReport {
  readonly statuses: Readonly<Record<Status, number>>
  readonly verdicts: Readonly<Record<VerdictName, number>>
}

export interface SlowTask {
  readonly index: number
  /** As in its outcome; absent for what was settled before the run was resumed. */
  readonly file?: string
  readonly durationMs: number
}

/** A task that has no verdict, and why. */
export interface FirstError {
  readonly index: number
  readonly line?: number
  readonly file?: string
  readonly status: 'errored' | 'timedOut' | 'crashed'
  /** Of a chain: the first check that ended so, whose error it is. */
  readonly check?: string
  readonly error: Error
}

export interface StuckThread {
  /** 1-based. */
  readonly thread: number
  /** The task that was running. */
  readonly index: number | undefined
}

/** A run's state at one moment. */
export interface Progress {
  /** `starting`: threads are being set up. `waiting`: nobody reads the outcomes, so the run waits. `ending`: cancelled or halted. */
  readonly state: 'starting' | 'running' | 'waiting' | 'ending' | 'ended'
  /** Tasks read from the source. */
  readonly read: number
  /** Tasks in the source, when that is known. */
  readonly total?: number
  readonly bytesRead: number
  readonly bytesTotal?: number
  /** Read and not yet delivered. */
  readonly held: number
  /** Of these, tasks that wait for another attempt. */
  readonly waiting: number
  /** Of these, tasks that may have ended or blocked their thread: each is tried alone, on a fresh thread, which takes time. */
  readonly suspects: number
  /** Attempts that execute now. */
  readonly running: number
  readonly statuses: Readonly<Record<Status, number>>
  readonly verdicts: Readonly<Record<VerdictName, number>>
  readonly tasksPerSecond: number
  readonly etaMs?: number
  /** How long no task has been settled, ms. */
  readonly quietMs: number
  /** As in the report. */
  readonly limits?: Readonly<Record<string, LimitStatus>> | undefined
  readonly lanes: readonly { readonly thread: number; readonly index?: number; readonly busyMs: number }[]
}
