import type { Work } from '../backend.ts'
import {
  ABANDONED,
  BEAT,
  CURRENT,
  EVEN_GATE,
  FIRST_SLOT,
  ODD_GATE,
  RESTING,
  STOPPED,
  cellOf,
  createCells,
} from '@fanfold/workers/protocol'

/** The main thread's view of one thread's cells: what it does, even while its event loop is blocked. */
export class ThreadCells {
  readonly buffer: SharedArrayBuffer = createCells()
  readonly #cells = new Int32Array(this.buffer)
  /** What the thread is about, as far as the main thread has heard. */
  #about:
    | { readonly assignment: number; readonly gate: number; readonly slots: number; readonly isChain: boolean }
    | undefined

  /**
   * An open gate for an assignment that is about to be sent: the one that what the thread is about does not have. Nobody
   * else uses it, for no more than these two are with a thread. Gates do not simply take turns: an assignment that could
   * not be sent has had one. The message orders the store before the thread's.
   */
  openGate(): number {
    const gate = this.#about?.gate === EVEN_GATE ? ODD_GATE : EVEN_GATE
    Atomics.store(this.#cells, gate, 0)
    return gate
  }

  /** It is this one's turn; as many slots may be its own as tasks, or checks of a chain, may be running. */
  begin({ assignment, concurrency, checks }: Pick<Work, 'assignment' | 'concurrency' | 'checks'>, gate: number): void {
    this.#about = { assignment: cellOf(assignment), gate, slots: concurrency, isChain: checks > 1 }
  }

  /** No assignment is with the thread. */
  end(): void {
    this.#about = undefined
  }

  /** Closes a gate. Pairs with the thread's exchange before each task: see cells.ts. @returns the first position that was not started, and never will be */
  stop(gate: number): number {
    return Atomics.or(this.#cells, gate, STOPPED) & ~STOPPED
  }

  /** Marks of what is running, the sync one first; of a chain, all of them have slots. Pairs with the thread's stores before and after each task. */
  running(): number[] {
    const about = this.#about
    // It has begun the next one already: then the end of this one is on its way, and nothing of it runs.
    if (about === undefined || Atomics.load(this.#cells, CURRENT) !== about.assignment) return []
    const running: number[] = []
    const last = about.isChain ? -1 : (Atomics.load(this.#cells, about.gate) & ~STOPPED) - 1
    if (last >= 0 && Atomics.load(this.#cells, RESTING) === 0) running.push(last)
    for (let slot = FIRST_SLOT; slot < FIRST_SLOT + about.slots; slot++) {
      const position = Atomics.load(this.#cells, slot) - 1
      if (position >= 0 && position !== running[0]) running.push(position)
    }
    return running
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
