import { loopTimes, startTimer, stopTimer } from './clock.ts'
import { nextConcurrency } from './next-concurrency.ts'

/**
 * For how long a thread is watched before the next step, ms. The shard loop lets a macrotask in every 10 ms, so a shorter
 * time may be of a single stretch of work, or of a single wait.
 */
const WATCH_MS = 10

/**
 * How many tasks of one verifier are worth running at once in this thread; found while they run, and kept from shard to
 * shard. It is watched only while as many run as may: what a thread could do with more is not seen from fewer. A task that
 * returns without a promise never runs beside another one, nor is its time watched.
 */
export class FoundConcurrency {
  /** As many may run at once; at least 1. */
  now = 1
  #busyMs = 0
  #idleMs = 0
  /** Since when it is watched now. */
  #since: ReturnType<typeof loopTimes> | undefined
  #timer: NodeJS.Timeout | undefined

  /**
   * To be told whenever tasks of a shard are waited for, and with 0 at its end.
   *
   * @param running - so many are
   * @param most - as many of this shard may be
   * @param stepped - it may be another number now; called while they are waited for
   */
  look(running: number, most: number, stepped: () => void): void {
    const isFull = running > 0 && running >= Math.min(this.now, most)
    if (isFull === (this.#since !== undefined)) return
    if (isFull) return this.#watch(most, stepped)
    this.#pause()
    // Of short shards, what was seen is put together.
    if (this.#busyMs + this.#idleMs >= WATCH_MS) this.#step(most)
  }

  #watch(most: number, stepped: () => void): void {
    this.#since = loopTimes()
    this.#timer = startTimer(() => {
      this.#pause()
      this.#step(most)
      stepped()
    }, WATCH_MS)
  }

  #pause(): void {
    const { active, idle } = loopTimes()
    this.#busyMs += active - this.#since!.active
    this.#idleMs += idle - this.#since!.idle
    this.#since = undefined
    stopTimer(this.#timer)
  }

  #step(most: number): void {
    const seenMs = this.#busyMs + this.#idleMs
    if (seenMs <= 0) return
    const utilisation = this.#busyMs / seenMs
    this.now = nextConcurrency({ now: this.now, utilisation, most })
    this.#busyMs = this.#idleMs = 0
  }
}
