import type { PoolKind } from '@fanfold/core'
import type { SampleFile } from './sample-file.ts'

/** What is the same for every process that measures. */
export interface Subject {
  /** The verifier's URL. */
  readonly url: string
  readonly config: unknown
  readonly pool: PoolKind
  readonly timeoutMs: number | undefined
  /** MB */
  readonly threadMemoryMb: number | undefined
  readonly maxRecordBytes: number | undefined
}

/** In one thread, without Fanfold. */
export interface LoopSide {
  readonly kind: 'loop'
  /** How many promises of the verifier are waited for at once. */
  readonly concurrency: number
}

/** By Fanfold. */
export interface RunSide {
  readonly kind: 'run'
  readonly threads: number
  /** Over all threads; `undefined` for what the run finds by itself. */
  readonly concurrency: number | undefined
  /** `undefined` for what measured costs say. */
  readonly shardSize: number | undefined
}

/** One way of doing the work. */
export type Side = LoopSide | RunSide

/** What a process that measures is told. */
export interface SideRequest {
  readonly side: Side
  readonly subject: Subject
  readonly sample: SampleFile
  /** A loop ends after the stretch in which this has passed. */
  readonly stopAfterMs: number | undefined
}

/** What it answers. */
export interface Measured {
  /** From the start of the process until the verifier was set up in every thread. */
  readonly startMs: number
  /** Of the work itself, first record to last outcome. */
  readonly elapsedMs: number
  /** Processor time of all threads meanwhile; 0 where that is not known: for child processes. */
  readonly cpuMs: number
  readonly tasks: number
  /** Tasks that have a verdict. */
  readonly completed: number
  readonly crashed: number
  readonly timedOut: number
  /** Of a run: why a task has no verdict, the first of these. */
  readonly firstError?: string
  /** For a loop: tasks for which the verifier returned a promise. */
  readonly promised: number
  /** For a loop: the share of its time in which the event loop had nothing to do but wait, 0 to 1. */
  readonly waitingShare: number
  /** For a loop: ms a task in its last, larger half, when the code was optimised. */
  readonly warmMsPerTask: number | undefined
}

/** Or why it could not. */
interface NotMeasured {
  readonly message: string
  readonly code: string | undefined
}

export type SideAnswer = { readonly measured: Measured } | { readonly failed: NotMeasured }

/** `one loop`, `2 threads`, as the progress names them. */
export function sideName(side: Side): string {
  if (side.kind === 'loop') return side.concurrency > 1 ? `one loop, ${side.concurrency} at once` : 'one loop'
  const { threads, concurrency, shardSize } = side
  const more = [
    ...(shardSize === undefined ? [] : [`shards of ${shardSize}`]),
    ...(concurrency === undefined ? [] : [`${concurrency} at once`]),
  ]
  return [`${threads} thread${threads === 1 ? '' : 's'}`, ...more].join(', ')
}

/** One key a side, so that its times can be gathered. */
export const sideKey = (side: Side): string => JSON.stringify(side)
