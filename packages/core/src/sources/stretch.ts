import { estimateBytes } from './item-bytes.ts'
import { ItemsShard, StringsShard } from './item-shards.ts'
import type { Shard } from './shard.ts'

const HEAD = 16

/** Measures a stretch of items that is to become a shard. */
export class Stretch {
  /** An estimate. */
  bytes = 0
  /** Characters of all strings together, and of the longest, in UTF-16 code units. */
  #characters = 0
  #longest = 0
  #hasOthers = false

  /** @returns whether it was taken: not when there would be more than `maxBytes`, unless it is the first */
  add(item: unknown, maxBytes: number): boolean {
    if (typeof item !== 'string') return this.#addOther(item, maxBytes)
    const { length } = item
    const bytes = this.bytes + HEAD + 2 * length
    if (bytes > maxBytes && this.bytes > 0) return false
    this.bytes = bytes
    this.#characters += length
    if (length > this.#longest) this.#longest = length
    return true
  }

  #addOther(item: unknown, maxBytes: number): boolean {
    const bytes = this.bytes + estimateBytes(item)
    if (bytes > maxBytes && this.bytes > 0) return false
    this.bytes = bytes
    this.#hasOthers = true
    return true
  }

  /** What was added: the items from `from` to `to` (exclusive). */
  toShard(items: readonly unknown[], from: number, to: number, firstIndex: number): Shard {
    if (this.#hasOthers) return new ItemsShard(items, this.bytes, firstIndex, from, to)
    const strings = { items, from, to, characters: this.#characters, longest: this.#longest }
    return new StringsShard(strings, this.bytes, firstIndex)
  }
}
