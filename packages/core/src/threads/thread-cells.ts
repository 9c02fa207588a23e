import {
  ABANDONED,
  BEAT,
  CURRENT,
  EVEN_STOP,
  FIRST_SLOT,
  LAST,
  NO_STOP,
  ODD_STOP,
  cellOf,
  createCells,
} from '@fanfold/workers/protocol'

/** The main thread's view of one thread's cells: what it does, even while its event loop is blocked. */
export class ThreadCells {
  readonly buffer: SharedArrayBuffer = createCells()
  readonly #cells = new Int32Array(this.buffer)
  /** The assignment that was sent last, and its STOP. */
  #newest: number | undefined
  #stopCell = ODD_STOP
  /** The assignment that the thread is about, as far as the main thread has heard, and the slots that it may use. */
  #assignment: number | undefined
  #slots = 0

  /**
   * Before an assignment is sent: the STOP that it has from now on. Only the one before it can still be with the thread,
   * so nobody reads this STOP; the message orders the store before the thread's reads.
   */
  takeStop(assignment: number): number {
    this.#newest = cellOf(assignment)
    this.#stopCell = this.#stopCell === EVEN_STOP ? ODD_STOP : EVEN_STOP
    Atomics.store(this.#cells, this.#stopCell, NO_STOP)
    return this.#stopCell
  }

  /** It is this one's turn. */
  begin(assignment: number, concurrency: number): void {
    this.#assignment = cellOf(assignment)
    this.#slots = concurrency
  }

  /** No assignment is with the thread. */
  end(): void {
    this.#assignment = undefined
    this.#slots = 0
  }

  /**
   * Lowers an assignment's STOP, and says from which position on nothing of it was started or will be; `undefined` where
   * that cannot be told. Why this is right: see cells.ts.
   */
  stop(assignment: number, concurrency: number, stopCell: number): number | undefined {
    const cells = this.#cells
    Atomics.store(cells, stopCell, 0)
    const own = cellOf(assignment)
    const current = Atomics.load(cells, CURRENT)
    // Not begun; unless the thread is beyond it, with the one that was sent later.
    if (current !== own) return current === this.#newest ? undefined : 0
    let started = Atomics.load(cells, LAST)
    for (let slot = FIRST_SLOT; slot < FIRST_SLOT + concurrency; slot++)
      started = Math.max(started, Atomics.load(cells, slot))
    // The thread has gone on to the next one meanwhile: the end of this one is on its way.
    if (Atomics.load(cells, CURRENT) !== own) return undefined
    return started === 0 ? undefined : started
  }

  /** Positions that are running. Pairs with the thread's stores before and after each task. */
  running(): number[] {
    // It has begun the next one already: then the end of this one is on its way, and nothing of it runs.
    if (!this.isCurrent) return []
    const running: number[] = []
    for (let slot = FIRST_SLOT; slot < FIRST_SLOT + this.#slots; slot++) {
      const position = Atomics.load(this.#cells, slot) - 1
      if (position >= 0) running.push(position)
    }
    return running
  }

  /** Pairs with the thread's store before its first task. */
  get isCurrent(): boolean {
    return Atomics.load(this.#cells, CURRENT) === this.#assignment
  }

  /** Pairs with the thread's counting of tasks that were settled over their head. */
  get hasAbandoned(): boolean {
    return Atomics.load(this.#cells, ABANDONED) > 0
  }

  /** Changes whenever the thread's loop turns, or a task starts or settles. Pairs with the thread's beat. */
  signature(): string {
    return `${Atomics.load(this.#cells, BEAT)}:${Atomics.load(this.#cells, CURRENT)}:${this.running().join(',')}`
  }
}
