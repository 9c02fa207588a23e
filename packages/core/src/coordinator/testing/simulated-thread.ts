import { ABORTED, COMPLETED, ERRORED, MAX_ABANDONED, TIMED_OUT, checkCode } from '@fanfold/workers/protocol'
import type { LimitName } from '../events.ts'
import type { Random } from './random.ts'
import { STOPS } from './check-oracle.ts'
import { SimulatedShares } from './simulated-shares.ts'
import type { LimitWorld } from './simulated-shares.ts'
import type { CheckNature } from './chain-scenario.ts'
import type { Nature } from './scenario.ts'
import { isPoison, unsuccessfulOf } from './simulated-work.ts'
import type { Message, Settled, SimulatedWork, WorkUnit } from './simulated-work.ts'
import { SimulatedChains } from './simulated-chains.ts'

const CRASHES_FIRST: readonly (Nature | CheckNature)[] = ['crashesOnce', 'throwsAndDies']

/** A thread at work on one shard, and another one behind it, as the shard loop in `@fanfold/workers` goes about it. */
export class SimulatedThread {
  readonly inbox: Message[] = []
  readonly shares: SimulatedShares
  /** Marks in the slots. */
  readonly running: number[] = []
  /** The mark of what holds the thread. */
  #blocker: number | undefined
  isDead = false
  /** It has said that it holds nothing of any shard any more. */
  isDone = true
  abandoned = 0
  #work!: SimulatedWork
  /** Came while it was at work. */
  #behind: SimulatedWork | undefined
  #isBehindStopped = false
  #started = 0
  #todo: number[] = []
  readonly #chains = new SimulatedChains()
  #unposted: Settled[] = []
  #suspects: number[] = []
  #isReceived = false
  #isStopped = false
  #isAborted = false
  #valueBytes = 0
  #settledLast: number | undefined

  constructor(world: LimitWorld) {
    this.shares = new SimulatedShares(world)
  }

  receive(work: SimulatedWork): void {
    if (this.isDone) return this.#begin(work)
    if (this.#behind !== undefined) throw new Error('a third shard for one thread')
    this.#behind = work
    this.#isBehindStopped = false
  }

  #begin(work: SimulatedWork): void {
    this.#work = work
    this.#started = 0
    this.#todo = []
    const { ranges } = work.dispatch
    for (let i = 0; i < ranges.length; i += 2) for (let p = ranges[i]!; p < ranges[i + 1]!; p++) this.#todo.push(p)
    this.#todo.reverse()
    this.#suspects = []
    this.#isReceived = this.#isAborted = this.isDone = false
    this.#isStopped = this.abandoned >= MAX_ABANDONED
    this.#valueBytes = 0
    this.#settledLast = undefined
  }

  /** What it is about. */
  get work(): SimulatedWork {
    return this.#work
  }

  get isBlocked(): boolean {
    return this.#blocker !== undefined
  }

  /**
   * Starts nothing more of it.
   *
   * @returns from which position on nothing was or will be started; `undefined` where that cannot be told
   */
  stop(assignment: number, random: Random): number | undefined {
    if (this.#behind?.dispatch.assignment === assignment) {
      this.#isBehindStopped = true
      return 0
    }
    if (this.isDone || this.#work.dispatch.assignment !== assignment) return undefined
    this.#isStopped = true
    // It was about to start one, and has seen that it may not: nobody outside can tell that from having started it.
    const next = this.#todo.at(-1)
    if (next !== undefined && !this.isBlocked && this.#isReceived && random.chance(0.3)) return next + 1
    // Between tasks no slot says anything.
    if (this.running.length === 0 && random.chance(0.5)) return undefined
    return this.#started
  }

  abort(assignment: number): void {
    if (!this.isDone && this.#work.dispatch.assignment === assignment) this.#isStopped = this.#isAborted = true
  }

  /** A call that waits with a permit of one of these limits gives up. */
  unlock(limit: LimitName, among: readonly LimitName[]): void {
    const position = this.shares.lastLocked(limit, among)
    if (position === undefined || this.isDead || this.isBlocked) return
    this.#settle(this.#leave(this.running.indexOf(position)), ERRORED)
  }

  /** Goes on for a moment; not for a thread that is blocked, dead or done. */
  step(random: Random, abandonedEach: number): void {
    if (!this.#isReceived) {
      this.#isReceived = true
      if (isPoison(this.#work)) return this.die()
    }
    // What is behind is received between two tasks, and ends the thread of those before it.
    if (this.#behind !== undefined && isPoison(this.#behind) && random.chance(0.1)) return this.die()
    for (let moves = random.between(1, 4); moves > 0; moves--) {
      const hasRoom = this.running.length < this.#work.dispatch.concurrency
      const canStart = !this.#isStopped && this.#todo.length > 0 && hasRoom
      const check = hasRoom ? this.#nextCheck(random) : undefined
      if (this.running.length > 0 && (!(canStart || check !== undefined) || random.chance(0.4)))
        this.#goOn(random, abandonedEach)
      else if (check !== undefined) this.#run(check, random)
      else if (canStart) this.#start(this.#todo.pop()!, random)
      else return this.#end()
      if (this.isDead || this.isBlocked || this.isDone) return
      if (random.chance(0.3)) this.#flush()
    }
  }

  /** A task that was late, but not for ever, ends after all. */
  wake(): void {
    const blocker = this.#blocker
    if (blocker === undefined || this.#unit(blocker).nature !== 'late') return
    this.#blocker = undefined
    this.#leave(this.running.indexOf(blocker))
    this.#settle(blocker, COMPLETED)
  }

  die(): void {
    for (const mark of this.running) this.#unit(mark).isRunning = false
    this.isDead = true
    this.#unposted = []
  }

  #start(position: number, random: Random): void {
    this.#started = position + 1
    if (this.#work.checks === undefined) return this.#run(position, random)
    this.#chains.begin(position, this.#work)
    this.#noteChain(position)
  }

  /** A check that may begin; alone, one at a time. */
  #nextCheck(random: Random): number | undefined {
    const isAlone = this.#work.dispatch.alone
    if (isAlone && this.running.length > 0) return undefined
    const next = this.#chains.next(random, { isAborted: this.#isAborted, hasCompany: isAlone && this.abandoned > 0 })
    for (const position of next.settled) this.#noteChain(position)
    return next.mark
  }

  #noteChain(position: number): void {
    const checks = this.#chains.takeSettled(position)
    if (checks === undefined) return
    const valueBytes = checks.status === COMPLETED ? this.#work.task(position).valueBytes : 0
    this.#unposted.push({ position, status: checks.status, valueBytes, checks })
    this.#settledLast = position
  }

  #unit(mark: number): WorkUnit {
    const { checks, dispatch, task } = this.#work
    if (checks === undefined) return task(mark)
    return task(Math.floor(mark / dispatch.checks)).units[mark % dispatch.checks]!
  }

  #run(position: number, random: Random): void {
    const task = this.#unit(position)
    if (task.isRunning) throw new Error(`a task at mark ${position} is started while another thread executes it`)
    task.isRunning = true
    this.running.push(position)
    if (task.limits.length > 0) {
      this.shares.ask(task.limits[0]!, position)
      if (this.shares.isWaiting(position) || task.limits.length > 1) return
    }
    if (this.#work.isAsync && random.chance(0.8)) return
    if (task.nature === 'hangs' || task.nature === 'slow') return
    this.#turn(this.running.length - 1)
  }

  /** It is in no slot any more. */
  #leave(at: number): number {
    const [position] = this.running.splice(at, 1)
    this.#unit(position!).isRunning = false
    this.shares.release(position!)
    return position!
  }

  /** One of the pending tasks has its turn. */
  #goOn(random: Random, abandonedEach: number): void {
    const at = random.between(0, this.running.length - 1)
    const position = this.running[at]!
    const { nature, limits } = this.#unit(position)
    const calls = this.shares.calls(position)
    if (calls < limits.length && !this.shares.isWaiting(position)) return this.shares.ask(limits[calls]!, position)
    if (this.shares.isWaiting(position)) {
      // Its wait ends when it is told to; its time does not pass before.
      if (this.#isAborted) this.#settle(this.#leave(at), ABORTED)
      return
    }
    const hasNeighbours = !this.#work.dispatch.alone && this.#work.dispatch.concurrency > 1
    if (nature !== 'hangs' && nature !== 'slow') return this.#turn(at, random)
    if (hasNeighbours && random.chance(0.3)) {
      this.#leave(at)
      this.#suspects.push(position)
      this.#chains.drop(position)
      this.#abandon(nature === 'hangs' ? abandonedEach : 1)
    } else if (this.#isAborted) {
      this.#settle(this.#leave(at), ABORTED)
      this.#abandon(1)
    } else if (nature === 'slow') this.#settle(this.#leave(at), COMPLETED)
    else {
      this.#settle(this.#leave(at), TIMED_OUT)
      this.#abandon(abandonedEach)
    }
  }

  #turn(at: number, random?: Random): void {
    const position = this.running[at]!
    const task = this.#unit(position)
    const isFirst = task.failures === 0
    if (task.nature === 'blocks' || task.nature === 'late' || (task.nature === 'blocksOnce' && isFirst)) {
      task.failures++
      this.#blocker = position
    } else if (task.nature === 'crashes' || (CRASHES_FIRST.includes(task.nature) && task.deaths === 0)) {
      task.deaths++
      this.die()
    } else {
      this.#leave(at)
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
    const { checks, dispatch } = this.#work
    if (checks !== undefined) {
      const verdict = this.#unit(position).nature === 'stops' ? STOPS : 0
      return this.#noteChain(this.#chains.end(position, checkCode(status, verdict), dispatch.mayRetry))
    }
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
    this.inbox.push({
      type: 'part',
      assignment: this.#work.dispatch.assignment,
      settled: this.#unposted,
      unsuccessful: unsuccessfulOf(this.#unposted, this.#work.dispatch),
    })
    this.#unposted = []
  }

  #end(): void {
    if (this.running.length > 0) return
    this.#chains.clear() // what is left of them is that of suspects
    this.#flush()
    // A listener of its signal throws, say: the outcome is out, and the thread goes with it.
    const isLate = this.#settledLast !== undefined && this.#work.task(this.#settledLast).nature === 'throwsAndDies'
    if (isLate) return this.die()
    const { assignment } = this.#work.dispatch
    this.inbox.push({ type: 'ended', assignment, suspects: this.#suspects, abandoned: this.abandoned })
    this.isDone = true
    const behind = this.#behind
    this.#behind = undefined
    if (behind === undefined) return
    this.#begin(behind)
    this.#isStopped ||= this.#isBehindStopped
  }
}
