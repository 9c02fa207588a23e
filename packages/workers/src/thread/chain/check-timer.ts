import { clockMs } from '../clock.ts'

/** Tasks cheaper than this are timed by samples, ms, as tasks are timed in groups: see `group-clock.ts`. */
const WORTH_TIMING_MS = 0.05
/** One of so many cheap tasks is timed. */
const SAMPLED = 16

/** Times the sync checks of tasks: each check of one task in a few, where they are cheap; the others have its times. */
export class CheckTimer {
  /** By check: how long it took when it was timed last, ms. */
  readonly last: number[] = []
  /** Checks have returned promises: each is timed from before its call. */
  isAlways = false
  #untimed = 0
  /** The checks of the task that has begun are timed. */
  isTimed = true
  #beganAt = 0
  #sum = 0

  constructor(checks: number) {
    for (let i = 0; i < checks; i++) this.last[i] = 0
  }

  /** Each task is timed by itself. */
  get isExact(): boolean {
    return this.isAlways || this.#sum >= WORTH_TIMING_MS
  }

  /** A task begins. */
  begin(): void {
    this.isTimed = this.isAlways || this.#sum >= WORTH_TIMING_MS || this.#untimed === 0
    this.#untimed = this.isTimed ? SAMPLED - 1 : this.#untimed - 1
    if (this.isTimed) this.#sum = 0
  }

  /** A check begins. @returns when, if that is known */
  start(): number | undefined {
    if (!this.isTimed) return undefined
    this.#beganAt = clockMs()
    return this.#beganAt
  }

  /** The check that began last has ended. @returns how long it took, ms */
  end(check: number): number {
    if (!this.isTimed) return this.last[check]!
    const tookMs = clockMs() - this.#beganAt
    this.last[check] = tookMs
    this.#sum += tookMs
    return tookMs
  }
}
