/** A bound on starts: no window of `perMs` holds more than `count`. */
export interface Rate {
  readonly count: number
  /** ms */
  readonly perMs: number
}

/**
 * A downstream sees starts a little later than they are made, and not all by the same delay. Were all of a window made at
 * its beginning, those of the next, if they are faster on their way, would arrive in the same window. So each twentieth
 * of a window holds at most a twentieth of its starts: then a delay of up to so much brings at most so many together.
 */
const PARTS = 20

/**
 * The starts of a sliding window, exactly: each counts from the instant at which it was made until `perMs` later. What was
 * allowed and is not known to be made yet counts for as long as that lasts, since it may be made at any time.
 */
export class StartWindow {
  readonly #bounds: readonly { readonly count: number; readonly spanMs: number }[]
  readonly #spanMs: number
  /** When starts were made, ms, ascending; none that is older than the window was at the last look. */
  readonly #made: number[] = []
  /** Allowed, and neither made nor given back. */
  #open = 0

  constructor({ count, perMs }: Rate) {
    this.#bounds = [
      { count, spanMs: perMs },
      { count: Math.ceil(count / PARTS), spanMs: perMs / PARTS },
    ]
    this.#spanMs = perMs
  }

  /** Takes over what another window knows: its bound has changed. */
  static after(before: StartWindow | undefined, rate: Rate): StartWindow {
    const window = new StartWindow(rate)
    if (before !== undefined) {
      window.#made.push(...before.#made)
      window.#open = before.#open
    }
    return window
  }

  /** How many starts may be allowed now. */
  room(nowMs: number): number {
    this.#forget(nowMs)
    const rooms = this.#bounds.map(({ count, spanMs }) => count - this.#open - this.#madeWithin(spanMs, nowMs))
    return Math.max(0, Math.min(...rooms))
  }

  /** When there will be room, whole ms from now: 0 if there is; `Infinity` while only word of an allowed one can make it. */
  roomInMs(nowMs: number): number {
    const waits = this.#bounds.map(({ count, spanMs }) => {
      const mayCount = count - this.#open - 1
      if (mayCount < 0) return Infinity
      const last = this.#made.at(-1 - mayCount)
      return last === undefined ? 0 : Math.ceil(last + spanMs - nowMs)
    })
    return Math.max(0, ...waits)
  }

  allow(starts: number): void {
    this.#open += starts
  }

  /** An allowed start was made, at this instant. */
  made(atMs: number): void {
    this.#open--
    let at = this.#made.length
    while (at > 0 && this.#made[at - 1]! > atMs) at--
    this.#made.splice(at, 0, atMs)
  }

  /** Allowed starts will never be made. */
  givenBack(starts: number): void {
    this.#open -= starts
  }

  /** Allowed, and neither made nor given back. */
  get open(): number {
    return this.#open
  }

  #madeWithin(spanMs: number, nowMs: number): number {
    let at = this.#made.length
    while (at > 0 && this.#made[at - 1]! + spanMs > nowMs) at--
    return this.#made.length - at
  }

  #forget(nowMs: number): void {
    const kept = this.#madeWithin(this.#spanMs, nowMs)
    if (kept < this.#made.length) this.#made.splice(0, this.#made.length - kept)
  }
}
