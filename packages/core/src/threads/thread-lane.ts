import { decodeError, encodeError, valueBytesOf } from '@fanfold/workers/protocol'
import type { FromThread, OutcomePart, PassedOn, ToThread } from '@fanfold/workers/protocol'
import type { BackendListener, LaneSnapshot, VerifierSpec, Work } from '../backend.ts'
import { Deadline } from './deadline.ts'
import { blockedError, deathError, startError } from './lane-errors.ts'
import type { ThreadCells } from './thread-cells.ts'
import type { LanePools, ThreadPool } from './thread-pool.ts'
import { ThreadSession } from './thread-session.ts'
import type { SessionListener } from './thread-session.ts'
import type { Ticker } from './ticker.ts'
import { TravellingBuffers } from './travelling-buffers.ts'
import { findUnsendable } from './unsendable.ts'
import { KILL_MS, OPEN_MS, SLACK_MS, longestTeardownMs, sentWith, waitingForShard } from './waiting.ts'
import type { Waiting, WaitingForShard } from './waiting.ts'

/** After an abort, tasks have this long to end by themselves. */
const ABORT_GRACE_MS = 100
/** Between tasks (parsing, garbage collection) a shorter timeout means nothing. */
const BETWEEN_TASKS_MS = 10_000

/** Where a lane's threads are, for people and for the trace. */
export interface LanePlace {
  /** 1-based; what a person sees. */
  readonly thread: number
  /** The file in which a shard that is sent now is to leave its trace; none where nobody could read it. */
  readonly traceFile?: (() => number | undefined) | undefined
}

/** The main thread's side of one thread's session, and of those that follow it on the same lane. */
export class ThreadLane {
  readonly id: number
  readonly #place: LanePlace
  readonly #pools: LanePools
  readonly #listener: BackendListener
  readonly #deadline: Deadline
  /** `undefined` while it has no thread. */
  #session: ThreadSession | undefined
  #waiting: Waiting = { for: 'nothing' }
  /** What the thread is about, as far as was heard, also while its end is waited for. */
  #atWork: WaitingForShard | undefined
  readonly #buffers = new TravellingBuffers()
  #loaded = new Map<number, VerifierSpec>()

  constructor(id: number, place: LanePlace, pools: LanePools, listener: BackendListener, ticker: Ticker) {
    this.id = id
    this.#place = place
    this.#pools = pools
    this.#listener = listener
    // Of a thread that works on a shard, its cells show what it does.
    const signature = (): string | undefined => (this.#waiting.for === 'shard' ? this.#cells.signature() : undefined)
    this.#deadline = new Deadline(ticker, signature, (ageMs) => this.#overdue(ageMs))
  }

  open(): void {
    const pool = this.#pools.take()
    this.#loaded.clear()
    this.#session = new ThreadSession(pool, this.#place.thread, this.#listenerOf(pool))
    this.#wait({ for: 'thread' }, OPEN_MS)
  }

  load(verifier: VerifierSpec, concurrency: number): void {
    const { id, url, modules, config, startTimeoutMs, hostFunctions } = verifier
    this.#wait({ for: 'load', verifier }, startTimeoutMs + SLACK_MS)
    this.#send({ type: 'load', verifier: id, url, modules, config, startTimeoutMs, concurrency, hostFunctions })
  }

  unload(verifier: VerifierSpec): void {
    this.#wait({ for: 'unload', verifier }, verifier.teardownTimeoutMs + SLACK_MS)
    this.#send({ type: 'unload', verifier: verifier.id, teardownTimeoutMs: verifier.teardownTimeoutMs })
  }

  run(work: Work): void {
    const gate = this.#cells.openGate()
    const { message, moved } = this.#buffers.messageFor(work, gate, this.#place.traceFile?.())
    try {
      this.#session!.send(message, moved)
    } catch (error) {
      const failures = findUnsendable(work, error)
      this.#listener.event({ type: 'unsendable', lane: this.id, assignment: work.assignment, failures })
      return
    }
    const waiting = waitingForShard(work, gate)
    if (this.#atWork !== undefined) this.#atWork.behind = waiting
    else if (this.#waiting.for === 'exit') this.#isAbout(waiting) // it has died already, which will be told
    else this.#goOnWith(waiting)
  }

  stop(assignment: number): void {
    const waiting = sentWith(this.#waiting, assignment)
    if (waiting === undefined) return
    const from = this.#cells.stop(waiting.gate!) // of this process, so it has one
    this.#listener.event({ type: 'stopped', lane: this.id, assignment, from })
  }

  abort(assignment: number, reason: Error): void {
    const waiting = this.#waiting
    if (waiting.for !== 'shard' || waiting.work.assignment !== assignment) return
    this.stop(assignment)
    this.#send({ type: 'abort', assignment, reason: encodeError(reason), graceMs: ABORT_GRACE_MS })
    waiting.isAborted = true
    this.#deadline.hold(Math.min(waiting.work.timeoutMs, ABORT_GRACE_MS))
  }

  /** The deadline stays: a thread with neighbours in it is not ended because one of them is not wanted any more. */
  abortTask(assignment: number, position: number, reason: unknown): void {
    const waiting = this.#waiting
    if (waiting.for !== 'shard' || waiting.work.assignment !== assignment) return
    this.#send({ type: 'abortTask', assignment, position, reason: encodeError(reason), graceMs: ABORT_GRACE_MS })
  }

  passOn(message: PassedOn): void {
    this.#session?.send(message)
  }

  /** Ends a thread whose loop is blocked. */
  kill(error: Error = blockedError(this.#waiting)): void {
    this.#wait({ for: 'exit', error }, KILL_MS)
    if (this.#session?.terminate() !== true) this.#died(error, false)
  }

  /** Ends a free thread through its teardowns. */
  retire(): void {
    const teardownTimeoutMs = longestTeardownMs(this.#loaded.values())
    this.#wait({ for: 'end' }, teardownTimeoutMs + SLACK_MS)
    this.#send({ type: 'end', teardownTimeoutMs })
  }

  /** It has, or is getting, a thread. */
  get isOpen(): boolean {
    return this.#session !== undefined
  }

  /** Ends the thread whatever it is doing: through its teardowns if its loop is free. */
  end(): void {
    if (this.#waiting.for === 'nothing' || this.#waiting.for === 'unload') this.retire()
    else if (this.#waiting.for !== 'exit' && this.#waiting.for !== 'end') this.kill()
  }

  snapshot(): LaneSnapshot {
    const waiting = this.#waiting
    if (waiting.for !== 'shard')
      return { lane: this.id, assignment: undefined, position: undefined, busyMs: 0, running: 0 }
    const running = this.#cells.running()
    const busyMs = performance.now() - waiting.beganAt
    const { assignment, checks } = waiting.work
    const position = running.length === 0 ? undefined : Math.floor(running[0]! / checks)
    return { lane: this.id, assignment, position, busyMs, running: running.length }
  }

  /** Nothing of this lane is heard any more. */
  silence(): void {
    this.#session?.silence()
    this.#session = undefined
    this.#rest()
  }

  #overdue(ageMs: number): void {
    const waiting = this.#waiting
    switch (waiting.for) {
      case 'nothing':
        return
      case 'shard':
        return this.#shardOverdue(waiting, ageMs)
      case 'exit':
        return this.#died(waiting.error, true)
      case 'end':
      case 'unload': {
        const error = blockedError(waiting)
        this.#listener.warning(error, waiting.for === 'unload' ? waiting.verifier.id : undefined)
        return this.kill(error)
      }
      case 'load':
      case 'thread':
        return this.kill(blockedError(waiting))
    }
  }

  #shardOverdue(waiting: WaitingForShard, ageMs: number): void {
    const running = this.#cells.running()
    if (running.length === 0 && ageMs < BETWEEN_TASKS_MS && !waiting.isAborted) return
    if (waiting.isOverdue) return
    waiting.isOverdue = true
    const certain = running.length === 1 && !this.#cells.hasAbandoned
    this.#listener.event({ type: 'overdue', lane: this.id, assignment: waiting.work.assignment, running, certain })
  }

  /** What is told of a thread of this pool. */
  #listenerOf(pool: ThreadPool): SessionListener {
    return {
      opened: () => {
        this.#rest()
        this.#listener.event({ type: 'laneOpened', lane: this.id })
      },
      failed: (error) => this.#died(startError(error), false),
      received: (message) => this.#receive(message),
      exited: (cause) => {
        if (this.#waiting.for === 'exit') return this.#waiting.error
        const error = deathError(this.#waiting, cause)
        this.#wait({ for: 'exit', error }, KILL_MS)
        return error
      },
      over: (why) => this.#died(why, false),
      exitedLate: () => {
        this.#pools.exited(pool)
        this.#listener.event({ type: 'laneExited', lane: this.id })
      },
    }
  }

  #receive(message: FromThread): void {
    const lane = this.id
    switch (message.type) {
      case 'part':
        return this.#partCame(message.assignment, message.part)
      case 'ended': {
        const behind = this.#atWork?.behind
        if (this.#waiting.for === 'shard' && !this.#waiting.isOverdue) this.#goOnWith(behind)
        else this.#isAbout(behind)
        const { type: _type, buffer, part, ...ended } = message
        this.#buffers.cameBack(buffer)
        if (part !== undefined) this.#partCame(ended.assignment, part)
        return this.#listener.event({ type: 'assignmentEnded', lane, ...ended })
      }
      case 'loaded':
        if (this.#waiting.for !== 'load') return
        this.#loaded.set(message.verifier, this.#waiting.verifier)
        this.#rest()
        return this.#listener.event({
          type: 'verifierLoaded',
          lane,
          verifier: message.verifier,
          checks: message.checks,
        })
      case 'loadFailed': {
        if (this.#waiting.for !== 'load') return
        this.#rest()
        const error = decodeError(message.error)
        return this.#listener.event({ type: 'verifierFailed', lane, verifier: message.verifier, error })
      }
      case 'unloaded':
        this.#loaded.delete(message.verifier)
        if (message.error !== undefined) this.#listener.warning(decodeError(message.error), message.verifier)
        if (this.#waiting.for !== 'unload') return
        this.#rest()
        return this.#listener.event({ type: 'verifierUnloaded', lane, verifier: message.verifier })
      case 'limitUsed':
        return this.#listener.event({ type: 'limitUsed', lane, limit: message.limit, ...message.use })
      case 'channel':
        return this.#listener.channel(lane, message.message)
      case 'sessionEnded':
        for (const error of message.errors) this.#listener.warning(decodeError(error), undefined)
        return this.kill()
    }
  }

  #partCame(assignment: number, batch: OutcomePart): void {
    const { positions, unsuccessful } = batch
    const valueBytes = valueBytesOf(batch)
    this.#listener.event({ type: 'part', lane: this.id, assignment, positions, batch, unsuccessful, valueBytes })
  }

  #goOnWith(waiting: WaitingForShard | undefined): void {
    if (waiting === undefined) return this.#rest()
    this.#isAbout(waiting)
    this.#deadline.movedAt = waiting.beganAt = performance.now()
    this.#wait(waiting, waiting.work.timeoutMs)
  }

  #isAbout(waiting: WaitingForShard | undefined): void {
    this.#atWork = waiting
    if (waiting === undefined) this.#session?.cells.end()
    else this.#session?.cells.begin(waiting.work, waiting.gate!) // as above
  }

  /** All that the thread had posted was received, or it never will be. */
  #died(error: Error, stuck: boolean): void {
    const running = this.#session?.cells.running() ?? []
    const runningMs = running.length === 0 ? 0 : performance.now() - this.#deadline.movedAt
    this.silence()
    if (stuck) this.#pools.stuck()
    this.#listener.event({ type: 'laneDied', lane: this.id, running, runningMs, error, stuck })
  }

  /** Of what it waits for on a thread. */
  get #cells(): ThreadCells {
    return this.#session!.cells
  }

  #send(message: ToThread): void {
    this.#session!.send(message)
  }

  /** While something is awaited the process has to stay alive, and the deadline is held. */
  #wait(waiting: Waiting, deadlineMs: number): void {
    this.#waiting = waiting
    this.#session?.keepAlive(true)
    this.#deadline.begin(deadlineMs)
  }

  #rest(): void {
    this.#waiting = { for: 'nothing' }
    this.#isAbout(undefined)
    this.#session?.keepAlive(false)
    this.#deadline.rest()
  }
}
