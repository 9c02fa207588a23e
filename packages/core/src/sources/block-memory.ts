import { Buffer } from 'node:buffer'

/** So many blocks lie ready at most: as many as a run may hold, which are let go of together where its consumer was slow. */
const MAX_FREE = 32

/**
 * The memory of a reader's blocks, which threads read as well: a shard that is a view of it is sent without a copy. It is
 * used again when the last shard in it is let go, and by then every task of it is settled, so no thread reads on; one that
 * could not be ended may, and nobody listens to it.
 *
 * Fresh memory for each costs more than reading into it (the kernel hands it out page by
 * page), and what is dropped piles up until a collection of garbage, which a main thread that only reads seldom needs.
 */
export class BlockMemory {
  readonly #free: Buffer[] = []

  /** Memory of this length, whatever is in it. */
  take(length: number): Lease {
    const at = this.#free.findIndex((buffer) => buffer.length === length)
    const buffer = at < 0 ? Buffer.from(new SharedArrayBuffer(length)) : this.#free.splice(at, 1)[0]!
    return new Lease(buffer, (unused) => {
      if (this.#free.length < MAX_FREE) this.#free.push(unused)
    })
  }
}

/** A block's memory and how many use it: the window in which it is cut, and the shards that are views of it. */
export class Lease {
  readonly buffer: Buffer
  readonly #onUnused: (buffer: Buffer) => void
  #users = 1

  constructor(buffer: Buffer, onUnused: (buffer: Buffer) => void) {
    this.buffer = buffer
    this.#onUnused = onUnused
  }

  retain(): this {
    this.#users++
    return this
  }

  /** To be called once by each user; the last one makes the memory free for other bytes. */
  release(): void {
    if (--this.#users === 0) this.#onUnused(this.buffer)
  }
}
