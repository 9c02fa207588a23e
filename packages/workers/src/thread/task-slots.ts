import { writeSync } from 'node:fs'
import * as atomics from './atomics.ts'

/**
 * The slots of what runs in this thread, tasks or checks (see `cells.ts`). Shared memory is lost with its process; where that may
 * come, they are mirrored into a file, which another process can read afterwards. That costs a system call for each
 * store, a microsecond or two, so it is done for the shards that ask for it only.
 */
export class TaskSlots {
  readonly #cells: Int32Array
  #file: number | undefined
  readonly #cell = new Int32Array(1)

  constructor(cells: Int32Array, file: number | undefined) {
    this.#cells = cells
    this.#file = file
  }

  /** Whether a process that dies leaves in a file what ran in it. */
  get isTraced(): boolean {
    return this.#file !== undefined
  }

  /** `mark + 1` of what runs in the slot, or 0. Pairs with the main thread's reads of the slots. */
  store(slot: number, value: number): void {
    atomics.store(this.#cells, slot, value)
    if (this.#file !== undefined) this.#mirror(this.#file, slot, value)
  }

  /**
   * As `store`, for what is begun hundreds of times between two turns of the loop: not atomic, so it does not wait for the
   * store to be seen. It is seen within nanoseconds; who looks does so after milliseconds in which nothing has moved.
   */
  note(slot: number, value: number): void {
    this.#cells[slot] = value
    if (this.#file !== undefined) this.#mirror(this.#file, slot, value)
  }

  #mirror(file: number, slot: number, value: number): void {
    this.#cell[0] = value
    try {
      writeSync(file, this.#cell, 0, Int32Array.BYTES_PER_ELEMENT, slot * Int32Array.BYTES_PER_ELEMENT)
    } catch {
      // A full disk, or a verifier that closed what is not its own: who was running is not known then, no more.
      this.#file = undefined
    }
  }
}
