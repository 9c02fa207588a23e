const MOST = 10

/** The slowest tasks of a part. */
export class SlowTasks {
  /** Pairs of position and ms, slowest first. */
  #slowest: number[] = []

  rank(position: number, durationMs: number): void {
    const slowest = this.#slowest
    if (slowest.length === MOST * 2 && durationMs <= slowest[slowest.length - 1]!) return
    let at = slowest.length
    while (at > 0 && slowest[at - 1]! < durationMs) at -= 2
    slowest.splice(at, 0, position, durationMs)
    if (slowest.length > MOST * 2) slowest.length = MOST * 2
  }

  /** The pairs; there are none afterwards. */
  take(): number[] {
    const slowest = this.#slowest
    this.#slowest = []
    return slowest
  }
}
