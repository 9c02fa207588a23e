import { STATUSES } from '@fanfold/workers/protocol'
import type { Command, Deliver, KeepChecks, RunEnd, Settle, SettleCheck } from '../commands.ts'
import type { Event, ShardId } from '../events.ts'
import type { Merge, Merged, Unmerged } from './merge.ts'
import { must } from './must.ts'
import { fatesOf, mustHaveAttempts } from './oracle.ts'
import type { RunPlan } from './scenario.ts'
import { isExceeded } from './simulated-tolerance.ts'
import { SimulatedChainOracle, unitOf } from './simulated-chain-oracle.ts'
import type { Settled, WorkTask } from './simulated-work.ts'

interface SimulatedTask extends WorkTask {
  readonly index: number
  status: number | undefined
}

interface SimulatedShard {
  readonly first: number
  readonly tasks: number
  readonly bytes: number
  taken: number
}

/** The application's side of one run: its source, its consumer, and an account that is held against the oracle. */
export class SimulatedRun {
  readonly plan: RunPlan
  readonly tasks: readonly SimulatedTask[]
  /** `read`, not answered. */
  pending: { readonly maxTasks: number; readonly maxBytes: number } | undefined
  /** Merged, not taken. */
  readonly outbox: Merged[] = []
  isAdded = false
  isCancelled = false
  isCancelledNow = false
  /** Cancelled, or failed for a good reason. */
  isCutShort = false
  isBroken = false
  isUpdated = false
  /** The coordinator has heard that there is no more to read. */
  isExhausted = false
  end: RunEnd | undefined
  /** Tasks that wait for their next attempt. */
  readonly waiting: Event[] = []
  read = 0
  readonly #shards = new Map<ShardId, SimulatedShard>()
  readonly #merge: Merge
  /** When its verifier is a chain. */
  readonly #chain: SimulatedChainOracle | undefined
  #held = 0
  #heldBytes = 0
  #undeliveredBytes = 0
  #settled = 0
  #unsuccessful = 0
  #nextIndex = 0

  constructor(plan: RunPlan, merge: Merge) {
    this.plan = plan
    this.tasks = plan.tasks.map((task, index) => ({
      ...task,
      index,
      deaths: 0,
      failures: 0,
      accidentsAlone: 0,
      isRunning: false,
      units: task.checks.map((nature, place) => unitOf(nature, task.limits[place])),
      kept: undefined,
      status: undefined,
    }))
    this.#merge = merge
    this.#chain = plan.checks === undefined ? undefined : new SimulatedChainOracle(plan.checks, plan.settings.retry)
  }

  get isOver(): boolean {
    return this.end !== undefined && this.outbox.length === 0
  }

  /** Of a concurrency that was lowered, what was out before comes to its end. @param ceiling - what `'auto'` may come to */
  mostAtOnce(ceiling: number): number {
    const { concurrency } = this.plan.settings
    const updated = this.isUpdated ? this.plan.update!.concurrency : 0
    if (concurrency !== 'auto' && updated !== 'auto') return Math.max(concurrency, updated)
    // Lanes that have what they had before are beside those that have a share of the ceiling.
    return ceiling + (concurrency === 'auto' ? 0 : concurrency) + (updated === 'auto' ? 0 : updated)
  }

  /** Before the coordinator hears of it. */
  notice(event: Event, removedVerifiers: ReadonlySet<number>): void {
    const isUnderWay = this.isAdded && this.end === undefined
    switch (event.type) {
      case 'sourceEnded':
        this.isExhausted ||= this.end === undefined
        return
      case 'runAdded':
        this.isAdded = true
        this.isCutShort = removedVerifiers.has(event.verifier)
        return
      case 'runUpdated':
        this.isUpdated = true
        return
      case 'cancelRequested':
        if (!isUnderWay) return
        this.isCancelled = this.isCutShort = true
        this.isCancelledNow ||= event.how === 'now'
        return
      case 'runBroken':
        if (isUnderWay) this.isBroken = this.isCutShort = true
        return
      default:
        return
    }
  }

  /** A shard's tasks by position, for longer than the shard is kept. */
  tasksOf(shard: ShardId): (position: number) => SimulatedTask {
    const { first } = this.#shard(shard)
    return (position) => this.tasks[first + position]!
  }

  /** While values wait beyond the bound, only what the order window waits for may run. */
  mayMakeValues(shard: ShardId): boolean {
    const { maxHeldBytes, order } = this.plan.settings
    if (this.#undeliveredBytes < maxHeldBytes) return true
    const head = this.tasks.findIndex(({ status }) => status === undefined)
    const { first, tasks } = this.#shard(shard)
    return order === 'input' && head >= first && head < first + tasks
  }

  /** The source's answer to a `read`. */
  answer(): Event {
    const { maxTasks, maxBytes } = this.pending!
    const { plan } = this
    this.pending = undefined
    const first = this.read
    let tasks = 0
    let bytes = 0
    for (; tasks < maxTasks && first + tasks < this.tasks.length; tasks++) {
      const task = this.tasks[first + tasks]!
      if (tasks > 0 && (task.nature === 'unreadable' || bytes + task.bytes > maxBytes)) break
      bytes += task.bytes
      if (task.nature === 'unreadable' && ++tasks > 0) break
    }
    if (tasks === 0) {
      if (plan.sourceBreaks) return { type: 'sourceFailed', run: plan.id, error: new Error('the source broke') }
      return { type: 'sourceEnded', run: plan.id }
    }
    const unreadable = this.tasks[first]!.nature === 'unreadable' ? new Error('unreadable') : undefined
    const rest = this.tasks.slice(first + tasks)
    return {
      type: 'shardRead',
      run: plan.id,
      tasks,
      bytes,
      records: { first, tasks, bytes, taken: 0 } satisfies SimulatedShard,
      unreadable: unreadable as never, // passed on and never looked into
      remainingTasks: plan.isSizeKnown ? rest.length : undefined,
      remainingBytes: plan.isSizeKnown ? rest.reduce((sum, task) => sum + task.bytes, 0) : undefined,
      gathered: 0,
    }
  }

  keep({ shard, records }: Extract<Command, { type: 'keepShard' }>): void {
    const kept = records as SimulatedShard
    this.#shards.set(shard, kept)
    const { maxHeldTasks, maxHeldBytes, limit } = this.plan.settings
    this.read += kept.tasks
    this.#held += kept.tasks
    this.#heldBytes += kept.bytes
    must(this.#held <= maxHeldTasks, `${this.#held} tasks held, at most ${maxHeldTasks} allowed`)
    must(this.read <= limit, `${this.read} tasks read, limit ${limit}`)
    const isBounded =
      this.#heldBytes <= maxHeldBytes || (kept.tasks === 1 && this.#heldBytes - kept.bytes < maxHeldBytes)
    must(isBounded, `${this.#heldBytes} bytes held, at most ${maxHeldBytes} and one item allowed`)
  }

  deliver({ shard, batch, positions, attempts, accepted, valueBytes }: Deliver): void {
    const settled = batch as readonly Settled[] // what the simulated lane gave with the event
    const task = this.tasksOf(shard)
    for (const { position, status } of accepted === undefined ? settled : accepted.map((at) => settled[at]!)) {
      this.#settle(task(position), status, attempts)
    }
    for (const at of accepted ?? settled.keys())
      this.#chain?.mustBeRight(task(settled[at]!.position), settled[at]!, this.isCutShort)
    this.#undeliveredBytes += valueBytes
    this.#add({ shard, settled, positions, attempts, accepted, valueBytes })
  }

  settle({ shard, ranges, status, attempts }: Settle): void {
    const settled: Settled[] = []
    const task = this.tasksOf(shard)
    for (let i = 0; i < ranges.length; i += 2) {
      for (let position = ranges[i]!; position < ranges[i + 1]!; position++) {
        settled.push({ position, status: STATUSES.indexOf(status), valueBytes: 0 })
        this.#chain?.mustBeUnrun(task(position), status, this.isCutShort)
        this.#settle(task(position), STATUSES.indexOf(status), attempts)
      }
    }
    const positions = Uint32Array.from(settled, ({ position }) => position)
    this.#add({ shard, settled, positions, attempts, accepted: undefined, valueBytes: 0 })
  }

  keepChecks(command: KeepChecks): void {
    this.#chain!.keep(command, this.tasksOf(command.shard)(command.position))
  }

  settleCheck(command: SettleCheck): void {
    this.#chain!.settle(command, this.tasksOf(command.shard)(command.position))
  }

  release(id: ShardId): void {
    const { taken, tasks } = this.#shard(id)
    must(taken === tasks, `shard ${id} released with ${taken} of ${tasks} outcomes taken`)
    this.#shards.delete(id)
  }

  /** The consumer takes one batch. */
  take(): Event {
    const { shardId, length, valueBytes } = this.outbox.shift()!
    const shard = this.#shard(shardId)
    shard.taken += length
    this.#held -= length
    this.#undeliveredBytes -= valueBytes
    if (shard.taken === shard.tasks) this.#heldBytes -= shard.bytes
    return { type: 'delivered', run: this.plan.id, shard: shardId, tasks: length, valueBytes }
  }

  finish({ end, sourceExhausted }: Extract<Command, { type: 'endRun' }>): void {
    must(this.end === undefined, 'the run ended twice')
    must(this.#settled === this.read, `${this.read} tasks were read, ${this.#settled} settled at the end`)
    must(sourceExhausted === this.isExhausted, `sourceExhausted is ${String(sourceExhausted)}`)
    if (end.how === 'cancelled') must(this.isCancelled, 'cancelled by nobody')
    if (this.isBroken) must(end.how === 'failed', `broken, and yet ${end.how}`)
    if (end.how === 'finished') must(!this.isBreached(), 'finished, with more unsuccessful tasks than it tolerates')
    if (end.how === 'finished') {
      const isWhole = this.read === Math.min(this.tasks.length, this.plan.settings.limit)
      must(isWhole, `finished, with ${this.read} of ${this.tasks.length} tasks read`)
    }
    this.end = end
    this.pending = undefined
  }

  #settle(task: SimulatedTask, status: number, attempts: number): void {
    const name = STATUSES[status]!
    must(task.status === undefined, `task ${task.index} (${task.nature}) settled again, as ${name}`)
    if (this.#chain !== undefined) return this.#settleTask(task, status)
    const fates = fatesOf(task, this.plan.settings.retry, this.isCutShort)
    must(fates.includes(name), `task ${task.index} (${task.nature}) is ${name}, should be ${fates.join(' or ')}`)
    if (!this.isCutShort) mustHaveAttempts(task, name, attempts, this.plan.settings.retry)
    this.#settleTask(task, status)
  }

  #settleTask(task: SimulatedTask, status: number): void {
    if (['errored', 'timedOut', 'crashed'].includes(STATUSES[status]!)) this.#unsuccessful++
    task.status = status
    this.#settled++
  }

  /** More unsuccessful tasks than are tolerated, as far as can be known. */
  isBreached(): boolean {
    const { settings, tasks, isSizeKnown } = this.plan
    const isAllRead = this.isExhausted || this.read >= settings.limit || this.end !== undefined
    const ofSource = isSizeKnown ? Math.min(settings.limit, tasks.length) : undefined
    const total = isAllRead ? this.read : ofSource
    return isExceeded(settings, { unsuccessful: this.#unsuccessful, settled: this.#settled, total })
  }

  isHalted(): boolean {
    return this.plan.settings.halt !== 'never' && this.isBreached()
  }

  /** The application's timers: an answer to `waitForRetry`. */
  wait({ shard, ranges, delayMs }: Extract<Command, { type: 'waitForRetry' }>): void {
    must(delayMs >= 0 && delayMs <= 60_000, `a wait of ${delayMs} ms`)
    this.waiting.push({ type: 'retryDue', run: this.plan.id, shard, ranges })
  }

  #add(outcomes: Omit<Unmerged, 'tasks'>): void {
    const { tasks } = this.#shard(outcomes.shard)
    for (const batch of this.#merge.add({ ...outcomes, tasks })) {
      if (this.plan.settings.order === 'input') this.#checkOrder(batch)
      this.outbox.push(batch)
    }
  }

  #checkOrder(batch: Merged): void {
    for (let i = 0; i < batch.length; i++) {
      const index = this.#shard(batch.shardId).first + batch.positionAt(i)
      must(index === this.#nextIndex, `outcome ${index} was let out when it was ${this.#nextIndex}'s turn`)
      this.#nextIndex++
    }
  }

  #shard(id: ShardId): SimulatedShard {
    const shard = this.#shards.get(id)
    if (shard === undefined) throw new Error(`shard ${id} of run ${this.plan.id} was let go, or never kept`)
    return shard
  }
}
