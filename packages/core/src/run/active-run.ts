import type { Deliver, EndRun, RunSettings, Settle, ShardId, VerifierId } from '../coordinator/events.ts'
import { OutcomeBatch } from '../merge/batch.ts'
import { InputOrder } from '../merge/input-order.ts'
import { Outbox } from '../merge/outbox.ts'
import { Account } from '../report/account.ts'
import type { Report, StuckThread } from '../report/report.ts'
import { makeReport } from './make-report.ts'
import { FanfoldError } from '../errors.ts'
import type { OutcomePart } from '@fanfold/workers/protocol'
import type { Shard, ShardReader } from '../sources/shard.ts'

/** Of a run that ends before it begins. */
const UNREAD = { sourceExhausted: false, threadsReplaced: 0, retries: 0 }

/** What the main thread keeps of a run that the coordinator must not know: records, outcomes, the account. */
export class ActiveRun {
  readonly verifier: VerifierId
  readonly settings: RunSettings
  readonly outbox: Outbox
  readonly account: Account = new Account()
  readonly warnings: string[] = []
  readonly stuckThreads: StuckThread[] = []
  readonly startedAt: number = performance.now()
  /** Resolves when the run has ended, and {@link afterwards} is done; rejects when it could not start. */
  readonly ended: Promise<Report>
  /** Resolves when the last task is settled, or the run could not start. */
  readonly over: Promise<void>
  /** What is to be done after the last task and before the report is given: unloading, whose warnings belong into it. */
  afterwards: (() => Promise<readonly string[]>) | undefined
  reader: ShardReader | undefined
  read = 0
  /** It is being cut short. */
  isEnding = false
  report: Report | undefined
  startError: Error | undefined
  readonly #shards = new Map<ShardId, Shard>()
  /** Delivered to the last outcome, which the consumer may be looking at. */
  readonly #delivered: Shard[] = []
  readonly #order: InputOrder | undefined
  readonly #threads: number
  readonly #retryTimers = new Set<NodeJS.Timeout>()
  readonly #onTaken: (batch: OutcomeBatch) => void
  readonly #settle: PromiseWithResolvers<Report> = Promise.withResolvers()

  constructor(verifier: VerifierId, settings: RunSettings, threads: number, onTaken: (batch: OutcomeBatch) => void) {
    this.verifier = verifier
    this.settings = settings
    this.#threads = threads
    this.#order = settings.order === 'input' ? new InputOrder() : undefined
    this.#onTaken = (batch) => {
      // Who asks for the next batch has done with the last one.
      for (const shard of this.#delivered.splice(0)) shard.release()
      onTaken(batch)
    }
    this.outbox = new Outbox(this.#onTaken)
    this.over = this.#settle.promise.then(
      () => {},
      () => {},
    )
    this.ended = this.#untilEnd()
    this.ended.catch(() => {}) // whoever asks for the report hears of it
  }

  async #untilEnd(): Promise<Report> {
    try {
      return await this.#settle.promise
    } finally {
      this.warnings.push(...((await this.afterwards?.()) ?? []))
    }
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
    this.#shards.delete(id)
  }

  deliver({ shard, batch, attempts, accepted, valueBytes }: Deliver): void {
    // `batch` is what the backend gave with the event; the coordinator passes it on unseen.
    const whole = OutcomeBatch.ofPart(shard, this.shard(shard), batch as OutcomePart, attempts, valueBytes)
    this.#merge(accepted === undefined ? whole : whole.select(accepted))
  }

  settle(command: Settle): void {
    this.#merge(OutcomeBatch.settled(this.shard(command.shard), command))
  }

  #merge(batch: OutcomeBatch): void {
    this.account.add(batch)
    if (this.startError !== undefined) return this.#onTaken(batch)
    for (const ready of this.#order?.add(batch) ?? [batch]) this.outbox.add(ready)
  }

  /** Calls back after the time, unless the run has ended by then. */
  retryAfter(delayMs: number, due: () => void): void {
    const timer = setTimeout(() => {
      this.#retryTimers.delete(timer)
      due()
    }, delayMs)
    this.#retryTimers.add(timer)
  }

  #stopTimers(): void {
    for (const timer of this.#retryTimers) clearTimeout(timer)
    this.#retryTimers.clear()
  }

  /** It never came to run: iteration and report fail with the same error. */
  failStart(error: Error): void {
    if (this.report !== undefined || this.startError !== undefined) return
    this.startError = error
    this.#stopTimers()
    try {
      this.reader?.close()
    } catch {
      // A reader that is none: it is why the run could not start.
    }
    this.outbox.fail(error)
    this.#settle.reject(error)
  }

  /** It was cancelled while its source was being opened: not one task was read. */
  cancelStart(error: Error): void {
    if (this.report !== undefined || this.startError !== undefined) return
    this.end({ type: 'endRun', run: 0, end: { how: 'cancelled', error }, ...UNREAD })
  }

  end(command: EndRun): void {
    this.reader?.close()
    this.#stopTimers()
    if (this.startError !== undefined) return
    this.report = makeReport(command, {
      account: this.account,
      settings: this.settings,
      read: this.read,
      totalTasks: this.reader?.totalTasks,
      elapsedMs: performance.now() - this.startedAt,
      threads: this.#threads,
      stuckThreads: this.stuckThreads,
      warnings: this.warnings,
    })
    this.outbox.end(this.report.result === 'failed' ? this.report.failure : undefined)
    this.#settle.resolve(this.report)
  }
}
