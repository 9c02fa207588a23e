/** What a loop waits for when it can do nothing by itself. */
export class Change {
  #wake: (() => void) | undefined

  /** Resolves with the next one. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  readonly happened: () => void = () => {
    this.#wake?.()
    this.#wake = undefined
  }
}
