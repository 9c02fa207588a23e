import type { Deliver, EndRun, KeepChecks, Settle } from '../coordinator/commands.ts'
import type { RunSettings, ShardId, VerifierId } from '../coordinator/events.ts'
import { OutcomeBatch } from '../merge/batch.ts'
import { InputOrder } from '../merge/input-order.ts'
import { Outbox } from '../merge/outbox.ts'
import { Account } from '../report/account.ts'
import type { Report, StuckThread } from '../report/report.ts'
import type { ConductedRun } from './conducted-run.ts'
import type { Journaling } from './journaling.ts'
import { batchOf, checksOf } from './given-batches.ts'
import { makeReport } from './make-report.ts'
import type { RunChain } from './run-chain.ts'
import { RetryTimers } from './retry-timers.ts'
import { isLongTurn, nextTurn } from './turn.ts'
import { reachedLimit } from '../journal/passing-reader.ts'
import type { Totals } from '../journal/index.ts'
import { FanfoldError } from '../errors.ts'
import type { LineSettings } from '@fanfold/workers/lines'
import type { FoldSettings } from '@fanfold/workers/protocol'
import type { Shard, ShardReader } from '../sources/shard.ts'

/** Of a run that ends before it begins. */
const UNREAD = { sourceExhausted: false, threadsReplaced: 0, retries: 0 }

/** What the main thread keeps of a run that the coordinator must not know: records, outcomes, the account. */
export class ActiveRun implements ConductedRun {
  readonly verifier: VerifierId
  settings: RunSettings
  /** How many tasks were asked for: with a journal, its reader counts them. */
  readonly limit: number
  readonly outbox: Outbox
  readonly account: Account = new Account()
  readonly warnings: string[] = []
  readonly stuckThreads: StuckThread[] = []
  readonly startedAt: number = performance.now()
  /** When a task was settled last; when it began, if none was. */
  lastSettledAt: number = this.startedAt
  /** Resolves when the run has ended, and {@link afterwards} is done; rejects when it could not start. */
  readonly ended: Promise<Report>
  /** Resolves when the last task is settled, or the run could not start. */
  readonly over: Promise<void>
  /** What is to be done after the last task and before the report is given: unloading, whose warnings belong into it. */
  afterwards: (() => Promise<readonly string[]>) | undefined
  /** What has happened at the engine's limits since it began; `undefined` where there are none. */
  limits: () => Report['limits'] = () => undefined
  reader: ShardReader | undefined
  /** Its journal is being opened; settles when it is open, or let go of again. */
  opening: Promise<void> | undefined
  read = 0
  /** Set when its consumer takes lines: what is dispatched from then on comes back with them. */
  lines: LineSettings | undefined
  /** Set when it is reduced, as `lines`. */
  fold: FoldSettings | undefined
  chain: RunChain | undefined
  /** It is being cut short. */
  isEnding = false
  report: Report | undefined
  startError: Error | undefined
  readonly #shards = new Map<ShardId, Shard>()
  /** Delivered to the last outcome, which the consumer may be looking at. */
  readonly #delivered: Shard[] = []
  readonly #order: InputOrder | undefined
  readonly #threads: number
  #unopenedTasks: number | undefined
  #journaling: Journaling | undefined
  /** Taken last. */
  #inHand: OutcomeBatch | undefined
  /** Iteration has thrown why the run failed. */
  #isFailureTold = false
  readonly #retries = new RetryTimers()
  readonly #onTaken: (batch: OutcomeBatch) => void
  readonly #settle: PromiseWithResolvers<Report> = Promise.withResolvers()

  constructor(verifier: VerifierId, settings: RunSettings, threads: number, onTaken: (batch: OutcomeBatch) => void) {
    this.verifier = verifier
    this.settings = settings
    this.limit = settings.limit
    this.#threads = threads
    this.#order = settings.order === 'input' ? new InputOrder() : undefined
    this.#onTaken = (batch) => {
      // Who asks for the next batch has done with the last one.
      for (const shard of this.#delivered.splice(0)) shard.release()
      this.#journaling?.given(batch, this.outbox)
      // Nobody takes them: what the journal has no room for is held, as it would be for a slow consumer.
      const room = this.outbox.isDrained ? this.#journaling?.ready : undefined
      if (room === undefined) onTaken(batch)
      else void room.then(() => onTaken(batch))
    }
    this.outbox = new Outbox(this.#onTaken, () => this.#journaling?.askedForNext())
    this.over = this.#settle.promise.then(
      () => {},
      () => {},
    )
    this.ended = this.#untilEnd()
    this.ended.catch(() => {}) // whoever asks for the report hears of it
  }

  async #untilEnd(): Promise<Report> {
    try {
      await this.#settle.promise
      await this.concluded()
      return this.report! // there is one, or the promise has rejected
    } finally {
      this.warnings.push(...((await this.afterwards?.()) ?? []))
      // Whoever hears that it could not start may try again at once: its journal is gone by then.
      if (this.startError !== undefined) await this.endJournal()
    }
  }

  /** The run has a journal, and perhaps goes on where that has come to. */
  journalWith(journaling: Journaling, settled: number, totals: Totals): void {
    this.#journaling = journaling
    this.account.resume(totals)
    const resumed = { tasks: settled, unsuccessful: this.account.unsuccessful }
    this.settings = { ...this.settings, limit: Infinity, resumed }
  }

  /** What the consumer takes next; `undefined` at the end, when all of it is journaled. */
  async next(): Promise<OutcomeBatch | undefined> {
    await this.#journaling?.ready
    // A consumer that does not wait for anything else would hold up whatever does.
    if (isLongTurn()) await nextTurn()
    let batch: OutcomeBatch | undefined
    try {
      batch = await this.outbox.next()
    } catch (error) {
      await this.endJournal()
      this.#isFailureTold = true
      throw error
    }
    this.#inHand = batch
    if (batch !== undefined) return batch
    await this.endJournal()
    const failure = this.#journaling?.failure
    if (failure === undefined || this.#isFailureTold) return undefined
    this.#isFailureTold = true
    throw failure
  }

  /**
   * The consumer leaves, of its own will or because it threw: nobody can tell. What it has in its hands is not settled.
   *
   * @param done - how many outcomes of the batch that it has taken last it has done with
   * @returns when the journal, if there is one, is let go of
   */
  async leave(done?: number): Promise<void> {
    if (done !== undefined && this.#inHand !== undefined) this.#journaling?.left(this.#inHand, done)
    this.outbox.drain()
    if (this.#journaling === undefined) return
    await this.ended.catch(() => {}) // it is cancelled, so that is soon
    await this.concluded()
  }

  /** Where nobody takes outcomes any more, the journal ends with the run. */
  async concluded(): Promise<void> {
    if (this.outbox.isDrained || this.outbox.isLeft) await this.endJournal()
  }

  /** Once the run has ended: what its consumer has not done with by now is not settled. Never rejects. */
  async endJournal(): Promise<void> {
    await this.opening
    if (this.startError !== undefined) await this.#journaling?.discard()
    else if (this.report !== undefined) await this.#journaling?.end(this.report, reachedLimit(this.reader))
  }

  /** It has ended, or could not start. */
  get hasEnded(): boolean {
    return this.report !== undefined || this.startError !== undefined
  }

  /** It ended while it was being opened: what was opened for it is let go of. */
  async closeUnread(): Promise<void> {
    this.reader?.close()
    await this.#journaling?.discard()
  }

  /** Once the run has ended: resolves when its journal has, too. */
  get journalOver(): Promise<void> | undefined {
    return this.#journaling?.over
  }

  /** The journal, or its output, broke. @returns whether the run goes on, and has to be told. */
  journalFailed(error: Error): boolean {
    if (this.#journaling !== undefined) this.#journaling.failure = error
    if (this.report !== undefined) this.report = { ...this.report, result: 'failed', failure: error }
    return !this.hasEnded
  }

  /** It had ended before it began: this is what became of it then. */
  endAsBefore(report: Report): void {
    if (this.hasEnded) return
    this.report = report
    this.outbox.end(report.result === 'failed' ? report.failure : undefined)
    this.#settle.resolve(report)
  }

  get hasOutcomes(): boolean {
    return this.account.settled > 0
  }

  warn(messages: readonly string[]): void {
    this.warnings.push(...messages)
  }

  noteStuck(thread: StuckThread): void {
    this.stuckThreads.push(thread)
  }

  keep(id: ShardId, shard: Shard): void {
    this.#shards.set(id, shard)
    this.read += shard.tasks
  }

  shard(id: ShardId): Shard {
    const shard = this.#shards.get(id)
    if (shard === undefined)
      throw new FanfoldError('FANFOLD_INTERNAL', `shard ${id} was let go before its last outcome`)
    return shard
  }

  /** The index of a task, as long as its shard has outcomes to deliver: a thread may still be at work on its end. */
  indexAt(id: ShardId, position: number): number | undefined {
    return this.#shards.get(id)?.indexAt(position)
  }

  release(id: ShardId): void {
    this.#delivered.push(this.shard(id))
    this.chain?.release(id)
    this.#shards.delete(id)
  }

  deliver(command: Deliver): void {
    this.#merge(batchOf(this.shard(command.shard), command, this.chain))
  }

  settle(command: Settle): void {
    this.#merge(OutcomeBatch.settled(this.shard(command.shard), command, this.chain))
  }

  keepChecks(command: KeepChecks): void {
    this.chain!.keep(command, checksOf(this.shard(command.shard), command, this.chain!))
  }

  #merge(batch: OutcomeBatch): void {
    this.account.add(batch)
    this.lastSettledAt = performance.now()
    if (this.startError !== undefined) return this.#onTaken(batch)
    for (const ready of this.#order?.add(batch) ?? [batch]) this.outbox.add(ready)
  }

  /** Calls back after the time, unless the run has ended by then. */
  retryAfter(delayMs: number, due: () => void): void {
    this.#retries.after(delayMs, due)
  }

  /** It never came to run: iteration and report fail with the same error. */
  failStart(error: Error): void {
    if (this.hasEnded) return
    this.startError = error
    this.#retries.stop()
    try {
      this.reader?.close()
    } catch {
      // A reader that is none: it is why the run could not start.
    }
    this.outbox.fail(error)
    void this.#journaling?.discard()
    this.#settle.reject(error)
  }

  /** It was cancelled while its source was being opened: not one task was read of those there are, if that is known. */
  cancelStart(error: Error, totalTasks: number | undefined): void {
    if (this.hasEnded) return
    this.#unopenedTasks = totalTasks
    this.end({ type: 'endRun', run: 0, end: { how: 'cancelled', error }, ...UNREAD })
  }

  end(command: EndRun): void {
    this.reader?.close()
    this.#retries.stop()
    if (this.startError !== undefined) return
    this.report = makeReport(command, {
      account: this.account,
      tolerance: this.settings.tolerance,
      read: this.read,
      limit: this.settings.limit,
      resumed: this.settings.resumed.tasks,
      totalTasks: this.reader === undefined ? this.#unopenedTasks : this.reader.totalTasks,
      reachedLimit: reachedLimit(this.reader),
      elapsedMs: performance.now() - this.startedAt,
      threads: this.#threads,
      stuckThreads: this.stuckThreads,
      limits: this.limits(),
      warnings: this.warnings,
    })
    this.outbox.end(this.report.result === 'failed' ? this.report.failure : undefined)
    this.#settle.resolve(this.report)
  }
}
