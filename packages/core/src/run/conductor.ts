import type { Backend, BackendEvent, BackendListener, LaneSnapshot, VerifierSpec } from '../backend.ts'
import { ActiveVerifier } from './active-verifier.ts'
import type { ConductedRun } from './conducted-run.ts'
import type { HostFunctions } from '@fanfold/workers'
import { HostChannels } from './host-channels.ts'
import { ConductedLimits } from './conducted-limits.ts'
import { Coordinator } from '../coordinator/coordinator.ts'
import type { Command, Dispatch, Read } from '../coordinator/commands.ts'
import { countsOf } from '../coordinator/counts.ts'
import type { RunCounts } from '../coordinator/counts.ts'
import type { Event, LimitName, RunId, VerifierId, VerifierLoaded } from '../coordinator/events.ts'
import { FanfoldError } from '../errors.ts'
import type { OutcomeBatch } from '../merge/batch.ts'
import type { Concurrency } from '../options.ts'
import type { LimitSettings } from '../policy/limits/limit-settings.ts'
import type { Recycling } from '../policy/recycling.ts'
import type { Shard } from '../sources/shard.ts'
import { RunChain } from './run-chain.ts'
import { bugOf, changedModule } from './run-errors.ts'
import { monotonicMs } from './monotonic-clock.ts'
import { itemsGone } from './items-gone.ts'
import { readNext, remainingOf } from './read-next.ts'
import { locate, locateMark } from './task-located.ts'
import type { Located } from './task-located.ts'

/** What holds for the life of an engine. */
export interface ConductorSettings {
  readonly recycling: Recycling
  readonly limits: Readonly<Record<LimitName, LimitSettings>>
}

/** Carries out what the coordinator decides: the one place where its events and commands meet the world. */
export class Conductor {
  readonly #coordinator: Coordinator
  readonly #backend: Backend
  readonly #runs = new Map<RunId, ConductedRun>()
  readonly #verifiers = new Map<VerifierId, ActiveVerifier>()
  /** What went wrong in teardowns. */
  readonly warnings: string[] = []
  readonly #events: Event[] = []
  #isHandling = false
  /** Why nothing is handled any more: the engine is closed, or has met a bug of its own. */
  #stopped: Error | undefined
  #nextId = 1
  #sharing: NodeJS.Timeout | undefined
  readonly limits: ConductedLimits
  readonly hostChannels: HostChannels = new HostChannels({
    functionsOf: (verifier) => this.#verifiers.get(verifier)?.functions,
    send: (lane, message) => this.#backend.passOn(lane, { type: 'channel', message }),
  })

  constructor({ recycling, limits }: ConductorSettings, makeBackend: (listener: BackendListener) => Backend) {
    this.#backend = makeBackend({
      event: (event) => this.#fromBackend(event),
      warning: (error, verifier) => this.#warn(error, verifier),
      channel: (lane, message) => this.hostChannels.receive(lane, message),
    })
    const { lanes, assignmentsPerLane } = this.#backend
    this.#coordinator = new Coordinator(lanes, { recycling, assignmentsPerLane, limits, nowMs: monotonicMs() })
    this.limits = new ConductedLimits(limits, {
      lanes,
      send: (lane, message) => this.#backend.passOn(lane, message),
      known: this.#coordinator.state.limits,
      handle: (event) => this.handle(event),
    })
    this.#carryOut(this.#coordinator.start())
  }

  addVerifier(
    spec: Omit<VerifierSpec, 'id' | 'hostFunctions'>,
    functions: HostFunctions,
    concurrency: Concurrency,
  ): ActiveVerifier {
    const id = this.#nextId++
    const verifier = new ActiveVerifier({ id, ...spec, hostFunctions: Object.keys(functions) }, functions)
    if (this.#stopped !== undefined) verifier.letGo(this.#stopped)
    else this.#verifiers.set(id, verifier)
    this.handle({ type: 'verifierAdded', verifier: id, concurrency })
    return verifier
  }

  /** Resolves when every thread has torn it down, with what went wrong there. */
  removeVerifier(id: VerifierId): Promise<readonly string[]> {
    const verifier = this.#verifiers.get(id)
    if (verifier === undefined || this.#stopped !== undefined) return Promise.resolve([])
    this.handle({ type: 'verifierRemoved', verifier: id })
    return verifier.gone
  }

  specOf(id: VerifierId): VerifierSpec | undefined {
    return this.#verifiers.get(id)?.spec
  }

  newRunId(): RunId {
    return this.#nextId++
  }

  addRun(id: RunId, run: ConductedRun): void {
    const verifier = this.#verifiers.get(run.verifier)
    const error = this.#stopped ?? verifier?.unusable
    if (error !== undefined) return run.failStart(error)
    this.#runs.set(id, run)
    if (verifier?.checks !== undefined) run.chain = new RunChain(verifier.checks)
    run.warn(verifier?.failures ?? [])
    const options = run.settings
    this.handle({ type: 'runAdded', run: id, verifier: run.verifier, options, ...remainingOf(run.reader, 0) })
  }

  taken(run: RunId, batch: OutcomeBatch): void {
    const { shardId: shard, length: tasks, valueBytes } = batch
    this.handle({ type: 'delivered', run, shard, tasks, valueBytes })
  }

  /** Events that come up while one is handled wait for their turn. */
  handle(event: Event): void {
    if (this.#stopped !== undefined) return
    this.#events.push(event)
    if (this.#isHandling) return
    this.#isHandling = true
    try {
      for (let next = this.#events.shift(); next !== undefined; next = this.#events.shift()) {
        this.#carryOut(this.#coordinator.handle(next, monotonicMs()))
      }
    } catch (cause) {
      this.#broken(cause)
    } finally {
      this.#isHandling = false
    }
  }

  snapshot(): readonly LaneSnapshot[] {
    return this.#backend.snapshot()
  }

  /** The run that a lane's assignment belongs to, and the index of what it runs. */
  locate(snapshot: LaneSnapshot): Located {
    return locate(this.#coordinator.state, this.#runs, snapshot)
  }

  countsOf(run: RunId): RunCounts {
    return countsOf(this.#coordinator.state, run)
  }

  async close(): Promise<readonly number[]> {
    const stuck = await this.#backend.close()
    clearTimeout(this.#sharing)
    this.limits.close()
    this.#stopped = new FanfoldError('FANFOLD_ENGINE_CLOSED', 'the engine was closed before the verifier was set up')
    this.#letGo(this.#stopped)
    return stuck
  }

  /** Nothing is heard of the lanes any more: whoever waits for a verifier is told. */
  #letGo(error: Error): void {
    for (const verifier of this.#verifiers.values()) verifier.letGo(error)
  }

  #fromBackend(event: BackendEvent): void {
    if (event.type === 'laneDied') this.hostChannels.close(event.lane)
    if (event.type === 'verifierLoaded') return this.handle(this.#asLoaded(event))
    if (event.type === 'laneOpened') this.limits.introduceAll(event.lane)
    if (event.type === 'laneDied' && event.stuck) this.#noteStuck(event.lane, event.running[0])
    this.handle(event)
  }

  /** What a thread has set up is told before anything of its runs is dispatched; one that differs is not used. */
  #asLoaded(event: VerifierLoaded): Event {
    const verifier = this.#verifiers.get(event.verifier)
    if (verifier?.loadedAs(event.checks) === false)
      return { ...event, type: 'verifierFailed', error: changedModule(verifier.spec.url) }
    const { checks } = event
    if (checks === undefined) return event
    for (const run of this.#runs.values()) if (run.verifier === event.verifier) run.chain ??= new RunChain(checks)
    return event
  }

  #noteStuck(lane: number, mark: number | undefined): void {
    const { run, index } = locateMark(this.#coordinator.state, this.#runs, lane, mark)
    run?.noteStuck({ thread: lane + 1, index })
  }

  #warn(error: Error, verifier: VerifierId | undefined): void {
    this.warnings.push(error.message)
    if (verifier !== undefined) this.#verifiers.get(verifier)?.teardownFailed(error)
    for (const run of this.#runs.values()) {
      if (verifier === undefined || run.verifier === verifier) run.warn([error.message])
    }
  }

  #carryOut(commands: readonly Command[]): void {
    for (const command of commands) this.#execute(command)
  }

  #execute(command: Command): void {
    switch (command.type) {
      case 'openLane':
        return this.#backend.open(command.lane)
      case 'loadVerifier':
        return this.#backend.load(command.lane, this.#verifiers.get(command.verifier)!.spec, command.concurrency)
      case 'unloadVerifier':
        return this.#backend.unload(command.lane, this.#verifiers.get(command.verifier)!.spec)
      case 'dispatch':
        return this.#dispatch(command)
      case 'stop':
        return this.#backend.stop(command.lane, command.assignment)
      case 'abort':
        return this.#backend.abort(command.lane, command.assignment, command.reason)
      case 'abortTask':
        return this.#backend.abortTask(command.lane, command.assignment, command.position, command.reason)
      case 'killLane':
        return this.#backend.kill(command.lane)
      case 'retireLane':
        return this.#backend.retire(command.lane)
      case 'verifierReady':
        return this.#verifierReady(this.#verifiers.get(command.verifier)!, command.failures)
      case 'verifierUnusable':
        return this.#verifierUnusable(command.verifier, command.failures)
      case 'verifierGone':
        this.#verifiers.get(command.verifier)!.becomeGone()
        this.#verifiers.delete(command.verifier)
        return
      case 'read':
        return this.#read(command)
      case 'keepShard':
        return this.#runs.get(command.run)!.keep(command.shard, command.records as Shard) // what #shardRead gave
      case 'deliver':
        return this.#runs.get(command.run)!.deliver(command)
      case 'settle':
        return this.#runs.get(command.run)!.settle(command)
      case 'keepChecks':
        return this.#runs.get(command.run)!.keepChecks(command)
      case 'settleCheck':
        return this.#runs.get(command.run)!.chain!.settle(command)
      case 'waitForRetry':
        return this.#waitForRetry(command)
      case 'waitToShare':
        clearTimeout(this.#sharing)
        this.#sharing = setTimeout(() => this.handle({ type: 'shareDue' }), command.delayMs).unref()
        return
      case 'grant':
      case 'recall':
      case 'refuse':
      case 'unlock':
      case 'waitForLimit':
      case 'waitForDeadlock':
        return this.limits.execute(command)
      case 'releaseShard':
        return this.#runs.get(command.run)?.release(command.shard)
      case 'endRun': {
        const run = this.#runs.get(command.run)!
        run.end(command)
        this.#runs.delete(command.run)
        return
      }
    }
  }

  #dispatch(command: Dispatch): void {
    const { type: _type, run, shard, ranges, charged, ...rest } = command
    const from = ranges[0]!
    const to = ranges[ranges.length - 1]!
    const active = this.#runs.get(run)!
    let records: ReturnType<Shard['payload']>
    try {
      records = active.shard(shard).payload(from, to)
    } catch (cause) {
      return this.handle(itemsGone(command, cause))
    }
    const earlier = active.chain?.earlierIn(shard, ranges, charged)
    this.#backend.run({ ...rest, ranges, ...records, base: from, lines: active.lines, fold: active.fold, earlier })
  }

  #waitForRetry({ run, shard, ranges, delayMs }: Extract<Command, { type: 'waitForRetry' }>): void {
    this.#runs.get(run)!.retryAfter(delayMs, () => this.handle({ type: 'retryDue', run, shard, ranges }))
  }

  #verifierReady(verifier: ActiveVerifier, failures: readonly Error[]): void {
    verifier.becomeReady(failures)
    for (const run of this.#runs.values()) {
      if (run.verifier === verifier.spec.id) run.warn(verifier.failures)
    }
  }

  #verifierUnusable(id: VerifierId, failures: readonly Error[]): void {
    const error = this.#verifiers.get(id)!.becomeUnusable(failures)
    // One that has given outcomes has started: it fails, as the coordinator decides.
    for (const run of this.#runs.values()) if (run.verifier === id && !run.hasOutcomes) run.failStart(error)
  }

  #read(command: Read): void {
    const run = this.#runs.get(command.run)!
    if (run.readGathered !== undefined) return this.handle(run.readGathered(command))
    // Cut short meanwhile, it is forgotten: what was read counts as not read.
    void readNext(command.run, run, command, (event) => this.#runs.has(command.run) && this.handle(event))
  }

  /** A bug of ours: nobody may wait for ever because of it. */
  #broken(cause: unknown): void {
    const error = bugOf(cause)
    this.#stopped = error
    clearTimeout(this.#sharing)
    this.limits.close()
    for (const run of this.#runs.values()) run.failStart(error)
    this.#letGo(error)
    this.#runs.clear()
    this.#events.length = 0
  }
}
