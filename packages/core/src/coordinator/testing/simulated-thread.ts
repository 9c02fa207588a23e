import { ABORTED, COMPLETED, ERRORED, TIMED_OUT } from '@fanfold/workers/protocol'
import type { Dispatch, Unsuccessful } from '../events.ts'
import { MAX_ABANDONED } from '../lanes.ts'
import type { Random } from './random.ts'
import type { Nature, TaskPlan } from './scenario.ts'

const CRASHES_FIRST: readonly Nature[] = ['crashesOnce', 'throwsAndDies']

/** One task's outcome as the thread settled it. */
export interface Settled {
  readonly position: number
  readonly status: number
  readonly valueBytes: number
}

/** What a thread has posted and the main thread has not received. */
export type Message =
  | { readonly type: 'part'; readonly settled: readonly Settled[]; readonly unsuccessful: readonly Unsuccessful[] }
  | { readonly type: 'ended'; readonly suspects: readonly number[]; readonly abandoned: number }

export interface WorkTask extends TaskPlan {
  /** How often it took its thread down. */
  deaths: number
  /** How often it threw, or blocked. */
  failures: number
  /** How often something else took its thread down while it was alone there. */
  accidentsAlone: number
}

export interface SimulatedWork {
  readonly dispatch: Dispatch
  readonly isAsync: boolean
  /** The task at a position of the shard. */
  readonly task: (position: number) => WorkTask
}

/** A thread at work on one shard, as the shard loop in `@fanfold/workers` goes about it. */
export class SimulatedThread {
  readonly inbox: Message[] = []
  /** Positions in the slots. */
  readonly running: number[] = []
  /** The position that holds the thread. */
  #blocker: number | undefined
  isDead = false
  /** It has said that it holds nothing of the shard any more. */
  isDone = false
  abandoned = 0
  #work!: SimulatedWork
  #todo: number[] = []
  #unposted: Settled[] = []
  #suspects: number[] = []
  #isReceived = false
  #isStopped = false
  #isAborted = false
  #valueBytes = 0
  #settledLast: number | undefined

  receive(work: SimulatedWork): void {
    this.#work = work
    this.#todo = []
    const { ranges } = work.dispatch
    for (let i = 0; i < ranges.length; i += 2) for (let p = ranges[i]!; p < ranges[i + 1]!; p++) this.#todo.push(p)
    this.#todo.reverse()
    this.#suspects = []
    this.#isReceived = this.#isStopped = this.#isAborted = this.isDone = false
    this.#valueBytes = 0
    this.#settledLast = undefined
  }

  /** What it was given last. */
  get work(): SimulatedWork {
    return this.#work
  }

  get isBlocked(): boolean {
    return this.#blocker !== undefined
  }

  stop(): void {
    this.#isStopped = true
  }

  abort(): void {
    this.#isStopped = this.#isAborted = true
  }

  /** Goes on for a moment; not for a thread that is blocked, dead or done. */
  step(random: Random, abandonedEach: number): void {
    if (!this.#isReceived) {
      this.#isReceived = true
      if (this.#todo.some((position) => this.#work.task(position).nature === 'poisons')) return this.die()
    }
    for (let moves = random.between(1, 4); moves > 0; moves--) {
      const canStart =
        !this.#isStopped && this.#todo.length > 0 && this.running.length < this.#work.dispatch.concurrency
      if (this.running.length > 0 && (!canStart || random.chance(0.4))) this.#goOn(random, abandonedEach)
      else if (canStart) this.#start(this.#todo.pop()!, random)
      else return this.#end()
      if (this.isDead || this.isBlocked) return
      if (random.chance(0.3)) this.#flush()
    }
  }

  /** A task that was late, but not for ever, ends after all. */
  wake(): void {
    const blocker = this.#blocker
    if (blocker === undefined || this.#work.task(blocker).nature !== 'late') return
    this.#blocker = undefined
    this.running.splice(this.running.indexOf(blocker), 1)
    this.#settle(blocker, COMPLETED)
  }

  die(): void {
    this.isDead = true
    this.#unposted = []
  }

  #start(position: number, random: Random): void {
    const { nature } = this.#work.task(position)
    if (this.#work.isAsync && random.chance(0.8)) return void this.running.push(position)
    if (nature === 'hangs' || nature === 'slow') return void this.running.push(position)
    this.running.push(position)
    this.#turn(this.running.length - 1)
  }

  /** One of the pending tasks has its turn. */
  #goOn(random: Random, abandonedEach: number): void {
    const at = random.between(0, this.running.length - 1)
    const position = this.running[at]!
    const { nature } = this.#work.task(position)
    const hasNeighbours = !this.#work.dispatch.alone && this.#work.dispatch.concurrency > 1
    if (nature !== 'hangs' && nature !== 'slow') return this.#turn(at, random)
    if (hasNeighbours && random.chance(0.3)) {
      this.running.splice(at, 1)
      this.#suspects.push(position)
      this.#abandon(nature === 'hangs' ? abandonedEach : 1)
    } else if (this.#isAborted) {
      this.#settle(this.running.splice(at, 1)[0]!, ABORTED)
      this.#abandon(1)
    } else if (nature === 'slow') this.#settle(this.running.splice(at, 1)[0]!, COMPLETED)
    else {
      this.#settle(this.running.splice(at, 1)[0]!, TIMED_OUT)
      this.#abandon(abandonedEach)
    }
  }

  #turn(at: number, random?: Random): void {
    const position = this.running[at]!
    const task = this.#work.task(position)
    const isFirst = task.failures === 0
    if (task.nature === 'blocks' || task.nature === 'late' || (task.nature === 'blocksOnce' && isFirst)) {
      task.failures++
      this.#blocker = position
    } else if (task.nature === 'crashes' || (CRASHES_FIRST.includes(task.nature) && task.deaths === 0)) {
      task.deaths++
      this.die()
    } else {
      this.running.splice(at, 1)
      if (this.#isAborted && random?.chance(0.5) === true) this.#settle(position, ABORTED)
      else if (
        task.nature === 'throws' ||
        task.nature === 'throwsAndDies' ||
        (task.nature === 'throwsOnce' && isFirst)
      ) {
        task.failures++
        this.#settle(position, ERRORED)
      } else this.#settle(position, COMPLETED)
    }
  }

  #settle(position: number, status: number): void {
    const valueBytes = status === COMPLETED ? this.#work.task(position).valueBytes : 0
    this.#unposted.push({ position, status, valueBytes })
    this.#settledLast = position
  }

  #abandon(count: number): void {
    this.abandoned += count
    if (this.abandoned >= MAX_ABANDONED) this.#isStopped = true
  }

  #flush(): void {
    if (this.#unposted.length === 0) return
    for (const { valueBytes } of this.#unposted) this.#valueBytes += valueBytes
    if (this.#valueBytes > this.#work.dispatch.maxValueBytes) this.#isStopped = true
    this.inbox.push({ type: 'part', settled: this.#unposted, unsuccessful: this.#unsuccessful() })
    this.#unposted = []
  }

  #unsuccessful(): Unsuccessful[] {
    const { mayRetry } = this.#work.dispatch
    return this.#unposted.flatMap(({ position, status }): Unsuccessful[] => {
      if (status === TIMED_OUT) return [{ position, failure: 'timeout' }]
      return status === ERRORED ? [{ position, failure: mayRetry ? 'throw' : undefined }] : []
    })
  }

  #end(): void {
    if (this.running.length > 0) return
    this.#flush()
    // A listener of its signal throws, say: the outcome is out, and the thread goes with it.
    const isLate = this.#settledLast !== undefined && this.#work.task(this.#settledLast).nature === 'throwsAndDies'
    if (isLate) return this.die()
    this.inbox.push({ type: 'ended', suspects: this.#suspects, abandoned: this.abandoned })
    this.isDone = true
  }
}
