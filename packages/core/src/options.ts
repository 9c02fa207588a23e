/** How the outcomes of a run are merged: as they arrive, or in the order of the source through a bounded window. */
export type Order = 'arrival' | 'input'

/** Where verifiers run: in threads of this process, or each thread in a child process of its own. */
export type PoolKind = 'threads' | 'processes'

/** Options of {@link Engine}. */
export interface EngineOptions {
  /** How many threads. @defaultValue what the machine and its cgroup allow */
  readonly threads?: number
  /** Heap limit of one thread, in MB. @defaultValue Node's own */
  readonly threadMemoryMb?: number
  /**
   * With `'processes'` each thread is in a child process of its own. That is worth it for a verifier that may end its
   * process: one that calls native code which crashes, or that takes native memory or strings beyond what a heap limit
   * holds. Only the process of the task that did it is lost, and only that task is `crashed`; native code that hangs is
   * ended too, so no thread is ever stuck. It costs a process per thread (about 110 ms to start, 26 MB) and some
   * throughput of cheap tasks; memory cannot be shared, and keys and blobs cannot be sent. See docs/runs.md.
   *
   * @defaultValue 'threads'
   */
  readonly pool?: PoolKind
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
