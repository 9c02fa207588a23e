/** What a case is made of, and what the runner asks of it. */

/** What a side found; it must be what the generator planted, or its time means nothing. */
export interface Counts {
  readonly pass: number
  readonly fail: number
}

/** One side that is ready: its threads are started, its modules loaded, its input where the side starts from. */
export interface ReadySide {
  /** How many tasks one `run` does; times are compared per task. */
  readonly tasks: number
  /** What the clock covers. */
  run(): Promise<Counts>
  close(): Promise<void>
}

/** One way of doing a case's work. It is set up, validated and timed in a process of its own. */
export interface Side {
  readonly name: string
  setup(options: CaseOptions): Promise<ReadySide>
}

export interface CaseOptions {
  readonly tasks: number
  readonly threads: number
}

/** `side` should do a task at least `atLeast` times as fast as `against`. */
export interface Target {
  readonly side: string
  readonly against: string
  readonly atLeast: number
}

export interface BenchCase {
  readonly name: string
  readonly title: string
  /** What is done before the clock starts, and what is counted on every side. */
  readonly fairness: string
  readonly defaultTasks: number
  /** Makes what the sides read, once for all of them. */
  prepare(options: CaseOptions): Promise<void>
  /** The first is the one that all speeds are given in. */
  readonly sides: readonly [Side, ...Side[]]
  /** @throws when these are not the counts of the first `tasks` tasks. */
  validate(counts: Counts, tasks: number): void
  readonly targets: readonly Target[]
}
