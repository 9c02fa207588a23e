/** How the outcomes of a run are merged: as they arrive, or in the order of the source through a bounded window. */
export type Order = 'arrival' | 'input'

/** Options of {@link Engine}. */
export interface EngineOptions {
  /** How many threads. @defaultValue what the machine and its cgroup allow */
  readonly threads?: number
  /** Heap limit of one thread, in MB. @defaultValue Node's own */
  readonly threadMemoryMb?: number
}

/** Options of {@link Engine.load}. */
export interface LoadOptions<Config = unknown> {
  /** Given to the verifier's `setup` and `verify`; anything that can be sent between threads. @defaultValue `{}` */
  readonly config?: Config
  /** Import and setup together, per thread, in ms; `Infinity` is off. @defaultValue 30,000 */
  readonly startTimeoutMs?: number
  /** In ms; `Infinity` is off. @defaultValue 5,000 */
  readonly teardownTimeoutMs?: number
}

/** Options of a run. */
export interface RunOptions {
  /** Of each task, from the moment its attempt starts; 1 to 2,147,483,647 ms, `Infinity` is off. @defaultValue 30,000 */
  readonly timeoutMs?: number
  /**
   * Running tasks over all threads. More than one per thread helps a verifier that waits, and only such a one.
   * @defaultValue one per thread
   */
  readonly concurrency?: number
  /** With `'input'`, what is early waits until it is its turn. @defaultValue 'arrival' */
  readonly order?: Order
  /** Read the first `limit` tasks only. @defaultValue all */
  readonly limit?: number
  /** Cancels the run when it fires, as `run.cancel()` with its reason does. */
  readonly signal?: AbortSignal
}
