import type { OutcomeBatch } from './batch.ts'

/** One outcome that waits for its turn. */
interface Place {
  readonly batch: OutcomeBatch
  readonly ordinal: number
}

/**
 * Puts outcomes into the order of the source. What may wait here is bounded by what the run may hold; the head of the
 * window, which all others wait for, is always allowed to run.
 */
export class InputOrder {
  /** The shard whose turn it is, and its first position that has not been let go. */
  #shard = 0
  #position = 0
  readonly #waiting = new Map<number, Map<number, Place>>()

  /** Takes a batch in, and returns what may go out now, in order. */
  add(batch: OutcomeBatch): OutcomeBatch[] {
    if (this.#isNext(batch)) {
      this.#position += batch.length
      return [batch, ...this.#release(batch.shard.tasks)]
    }
    const places = this.#waiting.get(batch.shardId) ?? new Map<number, Place>()
    this.#waiting.set(batch.shardId, places)
    for (let ordinal = 0; ordinal < batch.length; ordinal++) places.set(batch.positionAt(ordinal), { batch, ordinal })
    return batch.shardId === this.#shard ? this.#release(batch.shard.tasks) : []
  }

  /** A batch that continues the head shard as it is. */
  #isNext(batch: OutcomeBatch): boolean {
    if (batch.shardId !== this.#shard) return false
    for (let ordinal = 0; ordinal < batch.length; ordinal++) {
      if (batch.positionAt(ordinal) !== this.#position + ordinal) return false
    }
    return true
  }

  #release(tasks: number): OutcomeBatch[] {
    const released: OutcomeBatch[] = []
    let shardTasks = tasks
    for (;;) {
      if (this.#position === shardTasks) {
        this.#waiting.delete(this.#shard)
        this.#shard++
        this.#position = 0
        const next = this.#waiting.get(this.#shard)?.values().next().value
        if (next === undefined) return released
        shardTasks = next.batch.shard.tasks
      }
      const stretch = this.#nextStretch()
      if (stretch === undefined) return released
      released.push(stretch)
    }
  }

  /** Outcomes of one batch that come next, one after the other. */
  #nextStretch(): OutcomeBatch | undefined {
    const places = this.#waiting.get(this.#shard)
    const first = places?.get(this.#position)
    if (places === undefined || first === undefined) return undefined
    const ordinals: number[] = []
    for (let place: Place | undefined = first; place?.batch === first.batch; place = places.get(this.#position)) {
      ordinals.push(place.ordinal)
      places.delete(this.#position)
      this.#position++
    }
    return first.batch.select(ordinals)
  }
}
