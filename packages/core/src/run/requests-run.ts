import type { Deliver, EndRun, KeepChecks, Read, Settle } from '../coordinator/commands.ts'
import type { Event, RunId, RunSettings, ShardId, VerifierId } from '../coordinator/events.ts'
import { FanfoldError } from '../errors.ts'
import { OutcomeBatch } from '../merge/batch.ts'
import { estimateBytes } from '../sources/item-bytes.ts'
import type { Conductor } from './conductor.ts'
import type { ConductedRun } from './conducted-run.ts'
import { RetryTimers } from './retry-timers.ts'
import type { RunChain } from './run-chain.ts'
import { batchOf, checksOf } from './given-batches.ts'
import { Request, RequestQueue, isAnswer } from './request-queue.ts'
import type { Answer, RequestOwner } from './request-queue.ts'
import { RequestShard } from './request-shard.ts'

/** What keeps requests from gathering without end. */
type Bound = 'maxQueued' | 'maxQueuedBytes'

/** What the requests of one verifier share, from one of their runs to the next. */
export interface RequestsSettings {
  readonly settings: RunSettings
  readonly maxQueued: number
  readonly maxQueuedBytes: number
}

/**
 * The run that requests go through: as long as its verifier, and without a source, a report or an account. What waits is
 * read when a lane is free, all of it; so requests gather while the threads are busy, and go at once while they are not.
 * It is as isolated as any other run. When it ends, whoever still waits is told why.
 */
export class RequestsRun implements ConductedRun, RequestOwner {
  readonly verifier: VerifierId
  readonly settings: RunSettings
  readonly reader = undefined
  /** Resolves when it has ended. */
  readonly over: Promise<void>
  /** Requests that have gone to threads. */
  read = 0
  hasOutcomes = false
  chain: RunChain | undefined
  /** Why it has ended. */
  failure: Error | undefined
  readonly #id: RunId
  readonly #conductor: Conductor
  readonly #options: RequestsSettings
  readonly #firstIndex: number
  readonly #queue = new RequestQueue()
  readonly #retries = new RetryTimers()
  readonly #shards = new Map<ShardId, RequestShard>()
  /** The coordinator knows, or is about to know, that requests wait. */
  #isTold = false
  /** It is told at the end of this turn. */
  #isToTell = false
  /** Neither settled nor given up. */
  #pending = 0
  /** Nothing more comes. */
  #isClosing = false
  readonly #end: PromiseWithResolvers<void> = Promise.withResolvers()

  constructor(conductor: Conductor, verifier: VerifierId, options: RequestsSettings, firstIndex: number) {
    this.#conductor = conductor
    this.#id = conductor.newRunId()
    this.verifier = verifier
    this.settings = options.settings
    this.#options = options
    this.#firstIndex = firstIndex
    this.over = this.#end.promise
  }

  begin(): void {
    this.#conductor.addRun(this.#id, this)
  }

  /** The index that the next request will have. */
  get nextIndex(): number {
    return this.#firstIndex + this.read
  }

  check(item: unknown, signal: AbortSignal | undefined): Promise<Answer> {
    if (this.failure !== undefined) return Promise.reject(this.failure)
    const bytes = estimateBytes(item)
    // What free threads could take does not wait: only the end of this turn was waited for.
    if (this.#isToTell && this.#exceeded(bytes) !== undefined) this.#tell()
    const exceeded = this.#exceeded(bytes)
    if (exceeded !== undefined) return Promise.reject(overloaded(this.#queue, exceeded, this.#options))
    return new Promise((resolve, reject) => {
      this.#queue.push(new Request(this, item, bytes, signal, resolve, reject))
      this.#pending++
      if (this.#isTold) return
      this.#isTold = true
      this.#isToTell = true
      // Those that are made in the same turn go together.
      queueMicrotask(() => {
        if (this.#isToTell) this.#tell()
      })
    })
  }

  /** The bound that one more request of so many bytes would break. */
  #exceeded(bytes: number): Bound | undefined {
    const { length, bytes: queuedBytes } = this.#queue
    const { maxQueued, maxQueuedBytes } = this.#options
    if (length >= maxQueued) return 'maxQueued'
    return length > 0 && queuedBytes + bytes > maxQueuedBytes ? 'maxQueuedBytes' : undefined
  }

  #tell(): void {
    this.#isToTell = false
    this.#conductor.handle({ type: 'gathered', run: this.#id, tasks: this.#queue.length })
    if (this.#queue.length === 0) this.#isTold = false
  }

  /** Nobody waits for it any more. */
  withdraw(request: Request, reason: unknown): void {
    const { place } = request
    if (place === undefined) this.#queue.remove(request)
    this.#reject(request, reason)
    if (place !== undefined) this.#conductor.handle({ type: 'taskWithdrawn', run: this.#id, ...place, reason })
  }

  readonly readGathered = ({ maxTasks, maxBytes, divided }: Read): Event => {
    const waiting = this.#queue.length
    if (waiting === 0) {
      this.#isTold = false
      return { type: 'gathered', run: this.#id, tasks: 0 }
    }
    const share = Math.max(divided?.minTasks ?? 1, Math.ceil(waiting / (divided?.lanes ?? 1)))
    const shard = new RequestShard(this.#queue.take(Math.min(maxTasks, share), maxBytes), this.nextIndex)
    const gathered = this.#queue.length
    this.#isTold = gathered > 0
    const { tasks, bytes } = shard
    const unknown = { unreadable: undefined, remainingTasks: undefined, remainingBytes: undefined }
    return { type: 'shardRead', run: this.#id, tasks, bytes, records: shard, gathered, ...unknown }
  }

  keep(id: ShardId, shard: RequestShard): void {
    this.#shards.set(id, shard)
    this.read += shard.tasks
    const { requests } = shard
    for (let position = 0; position < requests.length; position++) requests[position]!.place = { shard: id, position }
  }

  shard(id: ShardId): RequestShard {
    const shard = this.#shards.get(id)
    if (shard === undefined) throw new FanfoldError('FANFOLD_INTERNAL', `shard ${id} of requests was let go before`)
    return shard
  }

  indexAt(id: ShardId, position: number): number | undefined {
    return this.#shards.get(id)?.indexAt(position)
  }

  release(id: ShardId): void {
    this.chain?.release(id)
    this.#shards.delete(id)
  }

  deliver(command: Deliver): void {
    this.hasOutcomes = true
    this.#give(batchOf(this.shard(command.shard), command, this.chain))
  }

  settle(command: Settle): void {
    this.#give(OutcomeBatch.settled(this.shard(command.shard), command, this.chain))
  }

  #give(batch: OutcomeBatch): void {
    const { requests } = this.shard(batch.shardId)
    const { length } = batch
    for (let i = 0; i < length; i++) {
      const request = requests[batch.positionAt(i)]!
      if (!request.isSettled) this.#resolve(request, batch, i)
    }
    this.#conductor.taken(this.#id, batch)
  }

  #resolve(request: Request, batch: OutcomeBatch, i: number): void {
    try {
      const outcome = batch.at(i)
      // Cut short: that is no answer about the item.
      if (!isAnswer(outcome)) return this.#reject(request, outcome.error)
      request.resolve(outcome)
      this.#settled()
    } catch (error) {
      this.#reject(request, error) // a value or an error that cannot be read
    }
  }

  #reject(request: Request, error: unknown): void {
    request.reject(error)
    this.#settled()
  }

  #settled(): void {
    this.#pending--
    if (this.#isClosing && this.#pending === 0) this.#cancel(closedError())
  }

  /** Nothing more comes: it ends when the last one is settled. */
  close(): void {
    this.#isClosing = true
    if (this.#pending === 0) this.#cancel(closedError())
  }

  /** Whoever waits is told so now. */
  cancel(error: Error): void {
    this.#rejectAll(error)
    this.#cancel(error)
  }

  #cancel(error: Error): void {
    this.#conductor.handle({ type: 'cancelRequested', run: this.#id, reason: error, how: 'now' })
  }

  failStart(error: Error): void {
    this.failure ??= error
    this.#retries.stop()
    this.#rejectAll(error)
    this.#end.resolve()
  }

  end({ end }: EndRun): void {
    this.failStart(end.how === 'finished' ? closedError() : end.error)
  }

  #rejectAll(error: Error): void {
    for (const request of this.#queue) this.#reject(request, error)
    for (const { requests } of this.#shards.values()) {
      for (const request of requests) if (!request.isSettled) this.#reject(request, error)
    }
  }

  /** It has no report. */
  warn(): void {}
  noteStuck(): void {}

  keepChecks(command: KeepChecks): void {
    this.chain!.keep(command, checksOf(this.shard(command.shard), command, this.chain!))
  }

  /** Of its tasks none is tried again; of a chain's checks, those that have attempts of their own. */
  retryAfter(delayMs: number, due: () => void): void {
    this.#retries.after(delayMs, due)
  }
}

export function closedError(): FanfoldError {
  return new FanfoldError('FANFOLD_VERIFIER_CLOSED', 'the verifier is closed: load it again, or close it later.')
}

function overloaded({ length, bytes }: RequestQueue, exceeded: Bound, options: RequestsSettings): FanfoldError {
  const most = exceeded === 'maxQueued' ? String(options.maxQueued) : mebibytes(options.maxQueuedBytes)
  return new FanfoldError(
    'FANFOLD_OVERLOADED',
    `${length} requests (${mebibytes(bytes)}) wait for a thread, and no more than ${most} may. Answer 503 and let the client come again later, give the engine more threads, or raise check.${exceeded} if they may wait longer.`,
  )
}

function mebibytes(bytes: number): string {
  return `${Number((bytes / 2 ** 20).toFixed(1))} MiB`
}
