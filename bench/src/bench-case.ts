/** What a case is made of, and what the runner asks of it. */

/** What a side found; it must be what the generator planted, or its time means nothing. */
export interface Counts {
  readonly pass: number
  readonly fail: number
}

/**
 * Numbers beside the time, by name. The name ends in the unit (`latencyP50Us`, `peakMb`, `firstOutcomeMs`), and the
 * framework has names of its own: see `OwnMeasure`.
 */
export type Measures = Readonly<Record<string, number>>

/** What one run of a side comes to. */
export interface RunResult extends Counts {
  /** What the side measured itself; of several runs in one process the median is kept. */
  readonly measures?: Measures
}

/** One side that is ready: its threads are started, its modules loaded, its input where the side starts from. */
export interface ReadySide {
  /** How many tasks one `run` does; times are compared per task. */
  readonly tasks: number
  /** What the clock covers. */
  run(): Promise<RunResult>
  close(): Promise<void>
}

/** One way of doing a case's work. It is set up, validated and timed in a process of its own. */
export interface Side {
  /** Fanfold's sides start with `fanfold`: they are the ones whose main thread should stay free. */
  readonly name: string
  setup(options: CaseOptions): Promise<ReadySide>
  /** Why it cannot run on this machine (a program that is not installed); it is left out then, and the reason printed. */
  missing?(): string | undefined
}

export interface CaseOptions {
  readonly tasks: number
  readonly threads: number
}

/**
 * What the framework measures of every side: tasks a second (`speed`), µs a task (`microseconds`), the same of the
 * process's first run, processor time of all threads in µs a task, and the p99 of the main thread's event loop delay.
 */
export type OwnMeasure = 'speed' | 'microseconds' | 'firstMicroseconds' | 'cpuMicroseconds' | 'stallP99Ms'

/** What a measure should be, at least or at most: a row of the targets table. */
export interface Target {
  /** The row's name. */
  readonly id: string
  /** Of the framework (`OwnMeasure`), or one that the side takes itself. */
  readonly measure: string
  readonly side: string
  /** The side it is compared with, round by round; without it the plain number counts. */
  readonly against?: string
  /** How it is compared; a `ratio` by default. */
  readonly compare?: 'ratio' | 'difference'
  readonly atLeast?: number
  readonly atMost?: number
}

/** A picture of a case: lines over a number, or a bar for each side. */
export type Plot = LinePlot | BarPlot

export interface LinePlot {
  readonly kind: 'lines'
  /** The name of its file, without the ending. */
  readonly name: string
  readonly title: string
  readonly x: Axis
  readonly y: Axis
  /** Those whose side or measure was not sampled are left out. */
  readonly points: readonly PlotPoint[]
  /** A thin line without samples: what would be ideal. */
  readonly ideal?: { readonly name: string; readonly points: readonly (readonly [number, number])[] }
}

export interface BarPlot {
  readonly kind: 'bars'
  readonly name: string
  readonly title: string
  /** What the bars show, with its unit. */
  readonly y: Axis
  readonly measure: string
  /** A side that all are divided by, round by round. */
  readonly against?: string
}

export interface Axis {
  /** With the unit. */
  readonly label: string
  readonly scale: 'linear' | 'log'
}

export interface PlotPoint {
  /** The line it is on. */
  readonly line: string
  readonly x: number
  readonly side: string
  readonly measure: string
  /** A side that it is divided by, round by round. */
  readonly against?: string
}

export interface BenchCase {
  readonly name: string
  readonly title: string
  /** What is done before the clock starts, and what is counted on every side. */
  readonly fairness: string
  readonly defaultTasks: number
  /** With `--quick`; by default a fiftieth of `defaultTasks`. */
  readonly quickTasks?: number
  /** Timed runs in one process; 3 by default. */
  readonly iterations?: number
  /** Makes what the sides read, once for all of them. */
  prepare(options: CaseOptions): Promise<void>
  /** The first is the one that all speeds are given in. */
  readonly sides: readonly [Side, ...Side[]]
  /** @throws when these are not the counts of the first `tasks` tasks. */
  validate(counts: Counts, tasks: number): void
  readonly targets: readonly Target[]
  readonly plots?: readonly Plot[]
  /** A run is a sweep: what counts are its sides' measures, and the time of the whole says nothing. */
  readonly isSweep?: boolean
  /** `busy` when the case itself keeps Fanfold's main thread or all cores busy, so that its stalls are no finding. */
  readonly mainThread?: 'free' | 'busy'
}
