import { Buffer } from 'node:buffer'
import { FanfoldError } from '@fanfold/workers/protocol'

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
    const onNone = (): void => {
      if (this.#free.length < MAX_FREE) this.#free.push(buffer)
    }
    return new Lease(buffer, { count: 0, onNone })
  }
}

/** A block's memory as one of its users has it: the window in which it is cut, or a shard that is a view of it. */
export class Lease {
  readonly buffer: Buffer
  readonly #users: Users
  #isReleased = false

  constructor(buffer: Buffer, users: Users) {
    this.buffer = buffer
    this.#users = users
    users.count++
  }

  /** For one more user, who has to release it. */
  retain(): Lease {
    this.#mustHold()
    return new Lease(this.buffer, this.#users)
  }

  /**
   * The last user's makes the memory free for other bytes.
   *
   * @throws when this user has released it before: that is a bug of ours, which would free bytes that somebody still reads.
   */
  release(): void {
    this.#mustHold()
    this.#isReleased = true
    if (--this.#users.count === 0) this.#users.onNone()
  }

  #mustHold(): void {
    if (this.#isReleased) throw new FanfoldError('FANFOLD_INTERNAL', "a block's memory was used after its release")
  }
}

/** Of one block. */
interface Users {
  count: number
  /** Nobody uses it any more. */
  readonly onNone: () => void
}
