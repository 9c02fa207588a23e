import { setTimeout as delay } from 'node:timers/promises'
import { ActiveRun } from './run/active-run.ts'
import { Conductor } from './run/conductor.ts'
import { FanfoldError } from './errors.ts'
import type { EngineLimit } from './engine/engine-limit.ts'
import { Reducers } from './engine/reducers.ts'
import { Requests } from './engine/requests.ts'
import { LoadedVerifier, declarationsOf } from './engine/loaded-verifier.ts'
import { nestedRun } from './engine/nested-run.ts'
import { openRun } from './engine/open-run.ts'
import { checkIsObject, checkOptions } from './options/check-options.ts'
import type { CutShort } from './coordinator/events.ts'
import type { EngineOptions, LoadOptions, PoolKind, RunOptions, RunUpdate } from './options.ts'
import type { LimitSettings } from './policy/limits/limit-settings.ts'
import type { Recycling } from './policy/recycling.ts'
import { ProcessBackend } from './processes/process-backend.ts'
import type { LimitsBaseline } from './run/limit-status.ts'
import { monotonicMs } from './run/monotonic-clock.ts'
import { progressOf } from './run/progress.ts'
import { resolveLimit, resolveLimits } from './engine/resolve-limits.ts'
import {
  resolveCheck,
  resolveJournal,
  resolveLoadOptions,
  resolveMemory,
  resolveRecycling,
  resolvePool,
  resolveRunOptions,
  resolveRunUpdate,
  resolveThreads,
} from './engine/resolve-options.ts'
import { Run } from './run.ts'
import { cancelError } from './run/cancel-error.ts'
import { toSource } from './sources/to-source.ts'
import type { SourceInput } from './sources/to-source.ts'
import { availableCores } from './threads/cores.ts'
import { ThreadBackend } from './threads/thread-backend.ts'
import type { BackendListener } from './backend.ts'
import type { VerifierLocation } from './options/verifier-url.ts'

/** How long the report of a run waits for the teardowns of what that run had loaded, ms. */
const UNLOAD_MS = 1000

/**
 * Owns the threads. Make one for the life of the application: threads and loaded verifiers stay warm between runs, and
 * several runs at once share them fairly. Threads are started by the first `load` or `run`; an idle engine does not
 * keep the process alive.
 *
 * @example
 * ```ts
 * import { Engine } from '@fanfold/core'
 *
 * const engine = new Engine({ threads: 2 })
 * try {
 *   const even = engine.load<number>(new URL('./verifier.ts', import.meta.url))
 *   await even.ready
 *   const report = await even.run([1, 2, 3]).report()
 *   console.log(report.statuses.completed)
 * } finally {
 *   await engine.close()
 * }
 * ```
 */
export class Engine implements AsyncDisposable {
  /** How many threads it has. */
  readonly threads: number
  readonly #memoryMb: number | undefined
  readonly #recycling: Recycling
  readonly #pool: PoolKind
  readonly #limits: Readonly<Record<string, LimitSettings>>
  /** By name, those that it was made with. */
  readonly limits: Readonly<Record<string, EngineLimit>>
  /** All and only runs that have not ended, or whose journal has not: a consumer may still come for the rest. */
  readonly #runs = new Map<Run, ActiveRun>()
  /** By verifier: runs whose sources are being opened. */
  readonly #opening = new Map<number, Set<Promise<void>>>()
  /** Of all and only verifiers that are loaded, and not closed. */
  readonly #requests = new Set<Requests>()
  readonly #reducers = new Reducers()
  /** Journals that are being opened. */
  readonly #journals = new Set<Promise<void>>()
  #conductor: Conductor | undefined
  #closed: Promise<CloseReport> | undefined

  /** @throws {FanfoldError} `FANFOLD_BAD_OPTION` */
  constructor(options: EngineOptions = {}) {
    checkOptions('new Engine()', options, ['threads', 'threadMemoryMb', 'recycleAfter', 'pool', 'limits'])
    this.threads = resolveThreads(options.threads, availableCores)
    this.#memoryMb = resolveMemory(options.threadMemoryMb)
    this.#recycling = resolveRecycling(options.recycleAfter)
    this.#pool = resolvePool(options.pool)
    this.#limits = resolveLimits(options.limits)
    this.limits = Object.freeze(Object.fromEntries(Object.keys(this.#limits).map((name) => [name, this.#limit(name)])))
  }

  /**
   * Loads a verifier module in every thread and runs its setup there, once. It stays loaded until it is closed.
   *
   * @throws {FanfoldError} `FANFOLD_VERIFIER_NOT_A_MODULE`, `FANFOLD_NOT_CLONEABLE` (the config), `FANFOLD_BAD_OPTION`,
   * `FANFOLD_ENGINE_CLOSED`. What goes wrong in the threads rejects `ready`.
   */
  load<Item = unknown, Config = unknown, Value = unknown>(
    verifier: VerifierLocation<Item, Config, Value>,
    options: LoadOptions<Config> = {},
  ): LoadedVerifier<Item, Value> {
    checkOptions('engine.load()', options, ['config', 'startTimeoutMs', 'teardownTimeoutMs', 'hostFunctions', 'check'])
    const check = resolveCheck(options.check)
    const conductor = this.#open()
    const { functions, ...spec } = resolveLoadOptions(verifier, options, this.#pool)
    const active = conductor.addVerifier(spec, functions, check.settings.concurrency)
    const { id } = active.spec
    const requests = new Requests(conductor, id, check)
    this.#requests.add(requests)
    return new LoadedVerifier(active.ready, {
      check: (item, requestOptions) => requests.check(item, requestOptions),
      run: (source, runOptions) => this.#start<Value>(conductor, id, source, runOptions),
      checks: () => active.ready.then(() => declarationsOf(active.checks)),
      close: async () => {
        // Runs whose source is still being opened are not known to the coordinator yet.
        requests.close()
        await Promise.all([...(this.#opening.get(id) ?? [])])
        await conductor.removeVerifier(id)
        this.#requests.delete(requests)
      },
    })
  }

  /**
   * Loads, runs, and closes what it loaded. The engine stays open.
   *
   * @throws {FanfoldError} as {@link load} and {@link LoadedVerifier.run}.
   */
  run<Item = unknown, Config = unknown, Value = unknown>(
    verifier: VerifierLocation<Item, Config, Value>,
    source: SourceInput<Item>,
    options: RunOptions & Omit<LoadOptions<Config>, 'check'> = {},
  ): Run<Value> {
    checkIsObject('run()', options, ['config', 'timeoutMs'])
    const { config, startTimeoutMs, teardownTimeoutMs, hostFunctions, ...runOptions } = options
    const given = Object.entries({ config, startTimeoutMs, teardownTimeoutMs, hostFunctions }).filter(
      ([, value]) => value !== undefined,
    )
    const { concurrency } = resolveRunOptions(runOptions)
    const conductor = this.#open()
    const { functions, ...spec } = resolveLoadOptions(verifier, Object.fromEntries(given), this.#pool)
    const { id } = conductor.addVerifier(spec, functions, concurrency).spec
    const unload = (): Promise<readonly string[]> => conductor.removeVerifier(id)
    // A thread that is busy with another run's task tears down later; the report does not wait for that.
    const unloadSoon = (): Promise<readonly string[]> => Promise.race([unload(), delay(UNLOAD_MS, [], { ref: false })])
    let run: Run<Value>
    try {
      run = this.#start<Value>(conductor, id, source, runOptions)
    } catch (error) {
      void unload()
      throw error
    }
    this.#runs.get(run)!.afterwards = unloadSoon
    return run
  }

  /**
   * Cancels what runs, tears the verifiers down, ends the threads, and leaves nothing behind. A thread that is stuck in
   * native code cannot be ended: it is named in what this resolves to, and the process cannot exit before it returns.
   * Calling it again returns the same promise.
   */
  close(): Promise<CloseReport> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #close(): Promise<CloseReport> {
    const reason = new FanfoldError('FANFOLD_ENGINE_CLOSED', 'the engine was closed during the run')
    const runs = [...this.#runs]
    for (const [run] of runs) run.cancel(reason)
    const requests = [...this.#requests].map((each) => each.cancel())
    await Promise.all([...runs.map(([, { over }]) => over), ...requests])
    // Ends the threads whatever they do; a verifier that is still loading is not waited for.
    const stuck = (await this.#conductor?.close()) ?? []
    await this.#reducers.close(reason)
    await Promise.all(this.#journals)
    await Promise.all(
      runs.map(async ([run, active]) => {
        await this.#endOf(run)
        // A consumer may never come for the rest: that is not waited for.
        await active.endJournal()
      }),
    )
    return { stuckThreads: stuck.map((lane) => lane + 1), warnings: this.#conductor?.warnings ?? [] }
  }

  #open(): Conductor {
    if (this.#closed !== undefined) {
      throw new FanfoldError('FANFOLD_ENGINE_CLOSED', 'the engine is closed. Make a new one, or close it later.')
    }
    const Backend = this.#pool === 'processes' ? ProcessBackend : ThreadBackend
    const makeBackend = (listener: BackendListener): ThreadBackend | ProcessBackend =>
      new Backend(this.threads, this.#memoryMb, listener)
    this.#conductor ??= new Conductor({ recycling: this.#recycling, limits: this.#limits }, makeBackend)
    return this.#conductor
  }

  #limit(name: string): EngineLimit {
    const since: LimitsBaseline = { atMs: monotonicMs(), counts: new Map() }
    return {
      update: (options) => this.#open().limits.update(name, (before) => resolveLimit(name, options, before)),
      // One that is closed says how it was at the end.
      status: () => (this.#conductor ?? this.#open()).limits.statuses(since)![name]!,
    }
  }

  #noteOpening(verifier: number, opened: Promise<void>): void {
    const opening = this.#opening.get(verifier) ?? new Set()
    this.#opening.set(verifier, opening.add(opened))
    void opened.then(() => {
      opening.delete(opened)
      if (opening.size === 0) this.#opening.delete(verifier)
    })
  }

  #noteJournal(opening: Promise<unknown>): void {
    const settled = opening.then(
      () => {},
      () => {},
    )
    this.#journals.add(settled)
    void settled.then(() => this.#journals.delete(settled))
  }

  async #endOf(run: Run): Promise<void> {
    await this.#runs.get(run)?.ended.catch(() => {}) // a run that could not start has ended too
  }

  #start<Value>(conductor: Conductor, verifier: number, input: unknown, options: RunOptions): Run<Value> {
    if (this.#open().hostChannels.areCalling) throw nestedRun()
    const settings = resolveRunOptions(options)
    const journal = resolveJournal(options.journal)
    const source = toSource(input)
    const { signal } = options
    const id = conductor.newRunId()
    const active = new ActiveRun(verifier, settings, this.threads, (batch) => conductor.taken(id, batch))
    const limitsBefore = conductor.limits.baseline()
    active.limits = () => conductor.limits.statuses(limitsBefore)
    let isOpen = false
    const cancel = (error: Error, how: CutShort = 'now'): void => {
      active.isEnding = true
      if (isOpen) conductor.handle({ type: 'cancelRequested', run: id, reason: error, how })
      // How much of it a journal has settled is not known yet.
      else active.cancelStart(error, journal === undefined ? source.totalTasks : undefined)
    }
    const update = (given: RunUpdate): void => {
      const change = resolveRunUpdate(given)
      active.settings = { ...active.settings, ...change }
      if (isOpen) conductor.handle({ type: 'runUpdated', run: id, ...change })
    }
    const run = new Run<Value>({
      run: active,
      cancel,
      update,
      progress: () => progressOf(active, conductor, id),
      isJournaled: journal !== undefined,
      startReducer: (reducer, onFailed) => {
        this.#open()
        return this.#reducers.start(reducer, onFailed)
      },
    })
    const onAbort = (): void => cancel(cancelError(signal!.reason))
    signal?.addEventListener('abort', onAbort, { once: true })
    if (signal?.aborted === true) onAbort()
    this.#runs.set(run, active)
    void this.#endOf(run).then(async () => {
      signal?.removeEventListener('abort', onAbort)
      await active.journalOver
      this.#runs.delete(run)
    })
    const opened = openRun(active, {
      source,
      journal,
      verifier: conductor.specOf(verifier),
      onBroken: (error) => conductor.handle({ type: 'runBroken', run: id, error }),
      onOpening: (opening) => this.#noteJournal(opening),
      begin: () => {
        isOpen = true
        conductor.addRun(id, active)
      },
    }).catch((error: Error) => active.failStart(error))
    this.#noteOpening(verifier, Promise.race([opened, active.over]))
    return run
  }
}

/** What could not be ended. */
export interface CloseReport {
  /** Threads (1-based) that are stuck in native code: the process cannot exit before that returns. */
  readonly stuckThreads: readonly number[]
  /** Teardowns that failed, in the life of the engine. */
  readonly warnings: readonly string[]
}
