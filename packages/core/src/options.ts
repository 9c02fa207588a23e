import type { HostFunctions } from '@fanfold/workers'
import type { LimitOptions } from './options/limit-options.ts'
import type { JournaledOutput } from './options/journaled-output.ts'

/** How the outcomes of a run are merged: as they arrive, or in the order of the source through a bounded window. */
export type Order = 'arrival' | 'input'

/**
 * How many tasks may be running, over all threads.
 *
 * `'auto'`: each thread begins with one. While its verifier's promises are pending and its event loop is busy for less than
 * 0.8 of the time, it runs more: up to 50 over all threads, or as many as the largest limit of the engine has permits, where
 * it has limits. A verifier that returns without a promise, or that computes, has one in each thread.
 */
export type Concurrency = number | 'auto'

/** How often a task that failed is tried again. Each is a number of further attempts. */
export interface RetryOptions {
  /**
   * After the verifier threw. Not for an error with `retryable: false`, nor for one that the verifier's `retryable`
   * refuses; and never for a record that cannot be read, an answer that is no verdict, or a value that cannot be sent.
   * @defaultValue 0
   */
  readonly retries?: number
  /** After a timeout. @defaultValue 0 */
  readonly timeouts?: number
  /** After a crash, which is two deaths of its thread while the task was alone there. @defaultValue 0 */
  readonly crashes?: number
  /**
   * `'exponential'`: waits a random time, at most `baseMs` before the first further attempt, twice that before the next,
   * and so on up to a minute. `'none'`: does not wait. A task that waits occupies no thread. @defaultValue 'exponential'
   */
  readonly backoff?: 'exponential' | 'none'
  /** ms @defaultValue 100 */
  readonly baseMs?: number
}

/** Where verifiers run: in threads of this process, or each thread in a child process of its own. */
export type PoolKind = 'threads' | 'processes'

/** Options of {@link Engine}. */
export interface EngineOptions {
  /** How many threads. @defaultValue what the machine and its cgroup allow */
  readonly threads?: number
  /** Heap limit of one thread, in MB. @defaultValue Node's own */
  readonly threadMemoryMb?: number
  /**
   * Replaces threads between shards, through their teardowns: for verifiers that leak. `tasks`: after so many.
   * `heapMb`: when the thread's heap has grown to this, garbage and buffers included; choose it well above what the
   * verifier needs. @defaultValue never
   */
  readonly recycleAfter?: { readonly tasks?: number; readonly heapMb?: number }
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
  /** Bounds in front of downstreams, by name; a verifier goes through one with `context.limit(name, call)`. @defaultValue none */
  readonly limits?: Readonly<Record<string, LimitOptions>>
}

/** How {@link LoadedVerifier.check} treats requests; for all requests of a loaded verifier. */
export interface CheckOptions {
  /** Of each request, from when it begins to run; 1 to 2,147,483,647 ms, `Infinity` is off. @defaultValue 30,000 */
  readonly timeoutMs?: number
  /**
   * Requests that run at once, over all threads; as that of a run. `setup` is told of it, too. @defaultValue 'auto'
   */
  readonly concurrency?: Concurrency
  /**
   * Requests that may wait for a thread; one more is refused with `FANFOLD_OVERLOADED`. What a free thread takes does not
   * wait. `Infinity` is off. @defaultValue 10,000
   */
  readonly maxQueued?: number
  /** Bytes that these may take in memory, by estimate; a single one may be larger. `Infinity` is off. @defaultValue 64 MiB */
  readonly maxQueuedBytes?: number
}

/** Options of {@link Engine.load}. */
export interface LoadOptions<Config = unknown> {
  /** Given to the verifier's `setup` and `verify`; anything that can be sent between threads. @defaultValue `{}` */
  readonly config?: Config
  /** Import and setup together, per thread, in ms; `Infinity` is off. @defaultValue 30,000 */
  readonly startTimeoutMs?: number
  /** In ms; `Infinity` is off. @defaultValue 5,000 */
  readonly teardownTimeoutMs?: number
  /**
   * Functions of the main thread that the verifier may call, as `context.host.…`; sync or async. One that runs something on
   * this engine and waits for it could wait for ever, so that is refused (`FANFOLD_NESTED_RUN`). @defaultValue none
   */
  readonly hostFunctions?: HostFunctions
  /** Of `loaded.check()`. */
  readonly check?: CheckOptions
}

/**
 * A run that can be picked up where a kill, a full disk or a power cut left it. An outcome is journaled when its consumer
 * asks for what comes after its batch: it is not given again to a run that resumes. What was taken shortly before the
 * process died, or is in the consumer's hands when it leaves its loop, may be given a second time.
 */
export interface JournalOptions {
  /** The journal's file; a lock beside it has `.lock` added to its name. */
  readonly path: string
  /**
   * `'never'`: a journal that is there already is refused. `'unfinished'`: what is not settled is run; a journal that is
   * complete gives its report again, and no outcome. `'auto'`: as that, but a complete one is moved to `<path>.1`, and the
   * run starts anew. Where there is none, it is begun.
   * @defaultValue 'never'
   */
  readonly resume?: 'never' | 'unfinished' | 'auto'
  /** Resumes, and runs what was unsuccessful again, also with a changed verifier or configuration. @defaultValue false */
  readonly redrive?: boolean
  /**
   * Stands for the tasks of this source, in their order: needed for arrays, iterables, streams and pipes, which cannot be
   * known again. Files are known by their size and their first and last 64 KiB.
   */
  readonly sourceId?: string
  /** A file of outcomes whose stretches the journal names, so that each outcome is in it once; for tools that write one. */
  readonly output?: JournaledOutput
}

/** Options of a run. */
export interface RunOptions {
  /** Of each task, from the moment its attempt starts; 1 to 2,147,483,647 ms, `Infinity` is off. @defaultValue 30,000 */
  readonly timeoutMs?: number
  /**
   * Running tasks over all threads; of a chain, running checks. More than one per thread helps a verifier that waits, and
   * only such a one.
   * @defaultValue 'auto'
   */
  readonly concurrency?: Concurrency
  /**
   * Tasks of a shard, which is what a thread gets at once; a shard has fewer where these would have more bytes than 1 MB.
   * Worth setting only to find out what another size costs. @defaultValue as many as measured costs say: see
   * docs/performance.md
   */
  readonly shardSize?: number
  /** With `'input'`, what is early waits until it is its turn. @defaultValue 'arrival' */
  readonly order?: Order
  /** Further attempts of tasks that failed. @defaultValue none */
  readonly retry?: RetryOptions
  /**
   * How many tasks may be unsuccessful (`errored`, `timedOut` or `crashed`): `{ count: 20 }`, or `{ percentage: 1 }` of the
   * total. With more than that the run is `failed`. A percentage of a total that is not known yet is taken of what is
   * settled, or of 10,000 if that is less.
   * @defaultValue none is set, and nothing halts the run; its result is `partial`
   */
  readonly tolerate?: { readonly count: number } | { readonly percentage: number }
  /**
   * What happens when more than `tolerate` allows were unsuccessful: `'soon'` starts nothing more and lets running attempts
   * end, `'now'` ends these too, `'never'` goes on to the end. @defaultValue 'soon'
   */
  readonly halt?: 'never' | 'soon' | 'now'
  /** Makes the run durable. @defaultValue none */
  readonly journal?: JournalOptions
  /** Read the first `limit` tasks only. @defaultValue all */
  readonly limit?: number
  /** Cancels the run when it fires, as `run.cancel()` with its reason does. */
  readonly signal?: AbortSignal
}

/** What may change while a run goes on. */
export type RunUpdate = Pick<RunOptions, 'concurrency' | 'tolerate'>
