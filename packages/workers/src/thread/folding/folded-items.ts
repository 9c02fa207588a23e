import { RecordsInFront } from '../records-in-front.ts'

/** Keeps the items that were given away until their outcomes are known: nothing is parsed again to be folded. */
export class FoldedItems extends RecordsInFront {
  /** The one given away last; of sync tasks there is no other. */
  #ordinal = -1
  #item: unknown
  /** Those before it whose tasks have not ended. */
  readonly #items = new Map<number, unknown>()

  override item(ordinal: number): unknown {
    const item = super.item(ordinal)
    if (this.#ordinal !== -1) this.#items.set(this.#ordinal, this.#item)
    this.#ordinal = ordinal
    this.#item = item
    return item
  }

  /** The item, which is kept no longer. */
  take(ordinal: number): unknown {
    let item: unknown
    if (ordinal === this.#ordinal) {
      item = this.#item
      this.#item = undefined
      this.#ordinal = -1
      return item
    }
    item = this.#items.get(ordinal)
    this.#items.delete(ordinal)
    return item
  }
}
