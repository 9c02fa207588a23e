import { FanfoldError, decodeError, encodeError } from '@fanfold/workers/protocol'
import type { PassedOn } from '@fanfold/workers/protocol'
import type { BackendListener, LaneSnapshot, VerifierSpec, Work } from '../backend.ts'
import type { Ticker, Watched } from '../threads/ticker.ts'
import { findUnsendable } from '../threads/unsendable.ts'
import { blockedError, deathError } from '../threads/lane-errors.ts'
import { OPEN_MS, longestTeardownMs, waitingForShard } from '../threads/waiting.ts'
import type { Waiting } from '../threads/waiting.ts'
import { ChildProcess } from './child-process.ts'
import { serialiseForProcess } from './crossing.ts'
import { ANSWERS, eventOf } from './from-child.ts'
import { MESSAGES_VERSION } from './messages.ts'
import type { ChildAlive, FromChild, ThreadDied, ToChild } from './messages.ts'
import { payloadForProcess } from './payload.ts'
import type { BytesPayload } from './payload.ts'

/** A child holds every deadline itself, and ends its thread within two seconds of it; this is how much later we end it. */
const PATIENCE_MS = 5000
/** However long a task may take: the child's main thread is free, and tells every 100 ms that it lives. */
const LONGEST_SILENCE_MS = 30_000
/** A child that is to be closed has this long from the longest teardown's timeout on. */
const CLOSE_MS = 2000
const NO_BYTES = new Uint8Array()

/** What the lanes of a backend share. */
export interface LaneSettings {
  readonly memoryMb: number | undefined
  readonly ticker: Ticker
  /**
   * A process has died by itself: from then on tasks leave a trace, so that the next one that ends its process is known.
   * Before, none does: nobody pays for what never happens.
   */
  hasNativeDeaths: boolean
}

/** The parent's side of one lane: each of its sessions is a child process, which ends with it. */
export class ProcessLane implements Watched {
  readonly id: number
  readonly #listener: BackendListener
  readonly #settings: LaneSettings
  #child: ChildProcess | undefined
  #waiting: Waiting = { for: 'nothing' }
  /** The assignment that is, or was last, with the child. */
  #sent: { readonly work: Work; readonly at: number; readonly isTraced: boolean } | undefined
  /** Since something was last heard of the child, or asked of it. */
  #silentMs = 0
  #alive: ChildAlive | undefined
  /** The child's word on its thread's end; or ours, when it gave none in time. */
  #end: ThreadDied | Error | undefined
  readonly #loaded = new Map<number, VerifierSpec>()
  deadlineMs: number = Infinity

  constructor(id: number, settings: LaneSettings, listener: BackendListener) {
    this.id = id
    this.#settings = settings
    this.#listener = listener
  }

  open(): void {
    this.#end = undefined
    this.#sent = undefined
    this.#loaded.clear()
    this.#child = new ChildProcess({
      message: (message) => this.#receive(message),
      gone: (error) => this.#gone(error),
    })
    const { memoryMb } = this.#settings
    this.#ask({ type: 'start', version: MESSAGES_VERSION, thread: this.id + 1, memoryMb }, { for: 'thread' }, OPEN_MS)
  }

  load(verifier: VerifierSpec, concurrency: number): void {
    this.#ask({ type: 'load', verifier, concurrency }, { for: 'load', verifier }, verifier.startTimeoutMs)
  }

  unload(verifier: VerifierSpec): void {
    this.#ask({ type: 'unload', verifier }, { for: 'unload', verifier }, verifier.teardownTimeoutMs)
  }

  run(work: Work): void {
    const { lane: _lane, transfer: _transfer, ...rest } = work
    const isTraced = this.#child?.file !== undefined && (work.alone || this.#settings.hasNativeDeaths)
    let payload: BytesPayload
    try {
      payload = payloadForProcess(work)
    } catch (error) {
      const failures = findUnsendable(work, error, serialiseForProcess)
      this.#listener.event({ type: 'unsendable', lane: this.id, assignment: work.assignment, failures })
      return
    }
    const at = performance.now()
    this.#sent = { work, at, isTraced }
    const waiting = waitingForShard(work, undefined, at)
    const isInFile = this.#child?.file?.put(payload.bytes) === true
    const bytesInFile = isInFile ? payload.bytes.length : undefined
    if (isInFile) payload = { ...payload, bytes: NO_BYTES }
    const message: ToChild = { type: 'run', work: { ...rest, payload }, isTraced, bytesInFile }
    this.#ask(message, waiting, Math.min(work.timeoutMs, LONGEST_SILENCE_MS))
  }

  stop(assignment: number): void {
    const waiting = this.#waiting
    if (waiting.for === 'shard' && waiting.work.assignment === assignment)
      this.#child?.send({ type: 'stop', assignment })
  }

  abort(assignment: number, reason: Error): void {
    const waiting = this.#waiting
    if (waiting.for !== 'shard' || waiting.work.assignment !== assignment) return
    this.#child?.send({ type: 'abort', assignment, reason: encodeError(reason) })
    // Within a moment it has ended, or is reported overdue.
    this.#hold(PATIENCE_MS)
  }

  abortTask(assignment: number, position: number, reason: unknown): void {
    const waiting = this.#waiting
    if (waiting.for === 'shard' && waiting.work.assignment === assignment)
      this.#child?.send({ type: 'abortTask', assignment, position, reason: encodeError(reason) })
  }

  passOn(message: PassedOn): void {
    this.#child?.send({ type: 'passOn', message })
  }

  kill(): void {
    this.#ask({ type: 'kill' }, { for: 'exit', error: blockedError(this.#waiting) }, 0)
  }

  retire(): void {
    this.#ask({ type: 'retire' }, { for: 'end' }, longestTeardownMs(this.#loaded.values()))
  }

  /** It has, or is getting, a process. */
  get isOpen(): boolean {
    return this.#child !== undefined
  }

  /** Ends the process: through its teardowns if its thread is free, and at any rate soon. */
  close(): void {
    if (this.#waiting.for === 'thread') this.#child?.kill()
    else this.#ask({ type: 'close' }, { for: 'end' }, longestTeardownMs(this.#loaded.values()), CLOSE_MS)
  }

  snapshot(): LaneSnapshot {
    const waiting = this.#waiting
    if (waiting.for !== 'shard')
      return { lane: this.id, assignment: undefined, position: undefined, busyMs: 0, running: 0 }
    const { assignment, ranges } = waiting.work
    const busyMs = performance.now() - waiting.beganAt
    // Until the child has told, its first task is taken to run.
    const told = this.#alive?.assignment === assignment ? this.#alive : { position: ranges[0], running: 1 }
    return { lane: this.id, assignment, position: told.position, busyMs, running: told.running }
  }

  /** The child is silent for too long: its main thread hangs, because somebody stopped it or it has no memory left. */
  tick(elapsedMs: number): void {
    this.#silentMs += elapsedMs
    if (this.#silentMs < this.deadlineMs) return
    const waiting = this.#waiting
    const error =
      waiting.for === 'shard' || waiting.for === 'exit' ? silentError(this.#silentMs) : blockedError(waiting)
    if (waiting.for === 'unload') this.#listener.warning(error, waiting.verifier.id)
    if (waiting.for === 'end') this.#listener.warning(error, undefined)
    this.#end ??= error
    this.#endProcess()
  }

  #receive(message: FromChild): void {
    this.#silentMs = 0
    switch (message.type) {
      case 'warning':
        return this.#listener.warning(decodeError(message.error), message.verifier)
      case 'channel':
        return this.#listener.channel(this.id, message.message)
      case 'alive':
        this.#alive = message
        return
      case 'died':
        this.#end ??= message
        return this.#endProcess()
      case 'closed':
        this.#end ??= blockedError({ for: 'nothing' })
        return this.#endProcess()
      default: {
        const waiting = this.#waiting
        if (message.type === 'loaded' && waiting.for === 'load') this.#loaded.set(message.verifier, waiting.verifier)
        if (message.type === 'unloaded') this.#loaded.delete(message.verifier)
        if (ANSWERS[message.type] === waiting.for) this.#rest()
        return this.#listener.event(eventOf(this.id, message))
      }
    }
  }

  /** A session ends with its process: whatever native state is in it goes too, and a thread that is stuck there. */
  #endProcess(): void {
    this.#child?.kill()
    this.#waiting = { for: 'exit', error: blockedError(this.#waiting) }
    this.#settings.ticker.unwatch(this)
    if (this.#child !== undefined) this.#child.isAwaited = true
  }

  /** All that the child had sent was received. */
  #gone(how: FanfoldError): void {
    const end = this.#end ?? this.#diedByItself(how)
    const what =
      end instanceof Error
        ? { ...this.#traced(), error: end }
        : { running: end.running, runningMs: end.runningMs ?? 0, error: decodeError(end.error) }
    this.#child = undefined
    this.#rest()
    this.#listener.event({ type: 'laneDied', lane: this.id, ...what, stuck: false })
  }

  #diedByItself(how: FanfoldError): Error {
    if (this.#waiting.for === 'shard') this.#settings.hasNativeDeaths = true
    return deathError(this.#waiting, how)
  }

  /** What was running when the process died. Alone, nothing else took its time. */
  #traced(): { readonly running: readonly number[]; readonly runningMs: number } {
    const sent = this.#sent
    if (sent?.isTraced !== true) return { running: [], runningMs: 0 }
    const running = this.#child?.file?.running(sent.work.concurrency) ?? []
    return { running, runningMs: sent.work.alone && running.length > 0 ? performance.now() - sent.at : 0 }
  }

  /** While an answer is awaited the application has to stay alive, and the deadline is held. */
  #ask(message: ToChild, waiting: Waiting, childDeadlineMs: number, patienceMs: number = PATIENCE_MS): void {
    this.#waiting = waiting
    this.#alive = undefined
    this.#hold(childDeadlineMs + patienceMs)
    if (this.#child === undefined) return
    this.#child.isAwaited = true
    this.#child.send(message)
  }

  #hold(deadlineMs: number): void {
    this.#silentMs = 0
    this.deadlineMs = deadlineMs
    this.#settings.ticker.watch(this)
  }

  #rest(): void {
    this.#waiting = { for: 'nothing' }
    this.deadlineMs = Infinity
    this.#settings.ticker.unwatch(this)
    if (this.#child !== undefined) this.#child.isAwaited = false
  }
}

function silentError(ms: number): FanfoldError {
  return new FanfoldError(
    'FANFOLD_THREAD_DIED',
    `the process gave no sign of life for ${Math.round(ms)} ms, and was ended`,
  )
}
