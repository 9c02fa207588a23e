import { ABANDONED, BEAT, FIRST_SLOT, NO_STOP, STOP, createCells } from '@fanfold/workers/protocol'

/** The main thread's view of one thread's cells: what it does, even while its event loop is blocked. */
export class ThreadCells {
  readonly buffer: SharedArrayBuffer = createCells()
  readonly #cells = new Int32Array(this.buffer)
  /** Slots that the shard which is with the thread may use. */
  #slots = 0

  /** Before a shard is sent: the thread is idle and does not read STOP; the message orders this before its reads. */
  begin(concurrency: number): void {
    Atomics.store(this.#cells, STOP, NO_STOP)
    this.#slots = concurrency
  }

  /** No shard is with the thread. */
  end(): void {
    this.#slots = 0
  }

  /** Lowers STOP, before the slots are looked at: what is not in one by then is not started. See the thread's cells.ts. */
  stop(): void {
    Atomics.store(this.#cells, STOP, 0)
  }

  /** Positions that are running. Pairs with the thread's stores before and after each task. */
  running(): number[] {
    const running: number[] = []
    for (let slot = FIRST_SLOT; slot < FIRST_SLOT + this.#slots; slot++) {
      const position = Atomics.load(this.#cells, slot) - 1
      if (position >= 0) running.push(position)
    }
    return running
  }

  /** Pairs with the thread's counting of tasks that were settled over their head. */
  get hasAbandoned(): boolean {
    return Atomics.load(this.#cells, ABANDONED) > 0
  }

  /** Changes whenever the thread's loop turns, or a task starts or settles. Pairs with the thread's beat. */
  signature(): string {
    return `${Atomics.load(this.#cells, BEAT)}:${this.running().join(',')}`
  }
}
