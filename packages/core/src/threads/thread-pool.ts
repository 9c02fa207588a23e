import type { MessagePort, Worker } from 'node:worker_threads'
import { PROTOCOL_VERSION, threadEntry } from '@fanfold/workers/protocol'
import type { SessionStart } from '@fanfold/workers/protocol'
import { Piscina } from 'piscina'

/** Where a heap has a limit, its young generation has this one, MB. */
const YOUNG_MB = 16

/**
 * At its limit Node gives a thread's heap 16 MB more, in which it ends the thread. What a collection promotes out of the
 * young generation has to fit in there, or V8 aborts the whole process (seen with Node's own, of 48 MB, in 8 of 9 runs
 * that filled 128 MB with strings or parsed records; with 8, 16 and 24 MB in none of 42).
 */
function limitsOf(memoryMb: number): { maxOldGenerationSizeMb: number; maxYoungGenerationSizeMb: number } {
  return { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: YOUNG_MB }
}

/** Somebody waits for a thread. */
interface PendingStart {
  fail(error: Error): void
}

/**
 * The threads, owned by Piscina: it spawns them, replaces the ones that exit, and sets their limits. Each runs one
 * Piscina task, which starts its session and returns at once, so that an idle thread does not keep the process alive;
 * a load balancer keeps further tasks away from a thread that has a session.
 */
export class ThreadPool {
  readonly #piscina: Piscina
  /** Ids of threads that have, or are getting, a session. */
  readonly #occupied = new Set<number>()
  /** In the order of asking. */
  readonly #starting: PendingStart[] = []
  /** Uncaught errors of threads that have a session, which the pool tells, too. */
  #sessionErrors = 0

  constructor(threads: number, memoryMb: number | undefined) {
    this.#piscina = new Piscina({
      filename: threadEntry.href,
      minThreads: threads,
      maxThreads: threads,
      // The event loop of a thread has to turn between shards: timers, sockets of its databases.
      atomics: 'disabled',
      recordTiming: false,
      idleTimeout: Infinity,
      ...(memoryMb === undefined ? {} : { resourceLimits: limitsOf(memoryMb) }),
      loadBalancer: (_task, workers) => {
        const free = workers.find((worker) => worker.currentUsage === 0 && !this.#occupied.has(worker.id))
        if (free !== undefined) this.#occupied.add(free.id)
        return free ?? null
      },
    })
    this.#piscina.on('error', (error: Error) => {
      // The thread itself is heard after its pool.
      setImmediate(() => this.#threadFailed(error))
    })
  }

  /**
   * An uncaught error of a thread that has a session: its lane hears of it from the thread. Of another, which could not
   * even begin: the pool does not start one in its place, so whoever waits longest waits in vain.
   */
  #threadFailed(error: Error): void {
    if (this.#sessionErrors > 0) this.#sessionErrors--
    else this.#starting[0]?.fail(error)
  }

  /** Starts a session on a thread that has none; waits for a replacement if there is none yet. */
  async startSession(port: MessagePort, cells: SharedArrayBuffer, thread: number): Promise<Worker> {
    const start: SessionStart = { version: PROTOCOL_VERSION, port, cells, thread }
    const threadId = await this.#start(start, [port])
    const worker = this.#piscina.threads.find((candidate) => candidate.threadId === threadId)
    if (worker === undefined) throw new Error('the thread exited while it was being started')
    worker.once('exit', () => this.#occupied.delete(threadId))
    worker.once('error', () => this.#sessionErrors++)
    return worker
  }

  async #start(start: SessionStart, transferList: [MessagePort]): Promise<number> {
    const controller = new AbortController()
    let failure: Error | undefined
    const pending: PendingStart = {
      fail: (error) => {
        failure = error
        controller.abort()
      },
    }
    this.#starting.push(pending)
    try {
      return (await this.#piscina.run(start, { transferList, signal: controller.signal })) as number
    } catch (error) {
      throw failure ?? error
    } finally {
      this.#starting.splice(this.#starting.indexOf(pending), 1)
    }
  }

  /** Ends every thread; resolves when all have exited, which those that are stuck in native code may never do. */
  async destroy(): Promise<void> {
    await this.#piscina.destroy()
  }
}

/**
 * Where one lane gets its threads: from the pool that all lanes share, or, while its thread there is stuck in native code
 * and occupies the place, from a pool of its own.
 */
export class LanePools {
  readonly #shared: ThreadPool
  readonly #makeSpare: () => ThreadPool
  #spare: ThreadPool | undefined
  #current: ThreadPool
  #isSharedStuck = false
  /** Threads that were given up and have not exited. */
  #stuck = 0

  constructor(shared: ThreadPool, makeSpare: () => ThreadPool) {
    this.#shared = shared
    this.#makeSpare = makeSpare
    this.#current = shared
  }

  get isStuck(): boolean {
    return this.#stuck > 0
  }

  /** The pool for the lane's next thread. */
  take(): ThreadPool {
    if (this.#isSharedStuck) this.#spare ??= this.#makeSpare()
    else this.#dropSpare()
    this.#current = this.#spare ?? this.#shared
    return this.#current
  }

  /** The lane's thread cannot be ended. */
  stuck(): void {
    this.#stuck++
    if (this.#current === this.#shared) this.#isSharedStuck = true
    else this.#dropSpare()
  }

  /** A thread that was given up has exited after all. */
  exited(pool: ThreadPool): void {
    this.#stuck--
    if (pool === this.#shared) this.#isSharedStuck = false
  }

  destroy(): Promise<void> {
    return this.#spare?.destroy() ?? Promise.resolve()
  }

  /** It starts no thread any more; one that is stuck there exits when it can. */
  #dropSpare(): void {
    void this.#spare?.destroy()
    this.#spare = undefined
  }
}
