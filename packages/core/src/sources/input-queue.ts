import type { Block, ByteInput } from './byte-input.ts'

/** Reads inputs one after the other. */
export class InputQueue {
  readonly #inputs: readonly ByteInput[]
  #current = 0
  #ahead: Promise<Block | undefined> | undefined
  #arrived = false
  #closed = false
  #giveUp: (() => void) | undefined
  /** Bytes given out. */
  bytesRead = 0

  constructor(inputs: readonly ByteInput[]) {
    this.#inputs = inputs
  }

  get input(): ByteInput | undefined {
    return this.#inputs[this.#current]
  }

  /** The next block of this input; `undefined` at its end, or when it is closed. */
  async read(): Promise<Block | undefined> {
    const block = await this.#untilClosed(this.readAhead())
    this.#ahead = undefined
    if (block === undefined || this.#closed) return undefined
    this.bytesRead += block.data.length
    return block
  }

  /** Whether a block, or the end, is there within this time. A file is always waited for: it is not slow for long. */
  async arrives(withinMs: number): Promise<boolean> {
    const ahead = this.readAhead()
    if (this.#arrived || this.input?.prompt !== false) return true
    let timer: NodeJS.Timeout | undefined
    const tooLong = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, withinMs)
    })
    // An error counts as arrived: whoever reads next gets it.
    await Promise.race([ahead.catch(() => {}), tooLong])
    clearTimeout(timer)
    return this.#arrived
  }

  /** Goes on to the next input; `false` if there is none. */
  advance(): boolean {
    this.input?.close()
    this.#current++
    this.#ahead = undefined
    return this.input !== undefined
  }

  close(): void {
    this.#closed = true
    this.#giveUp?.()
    for (const input of this.#inputs.slice(this.#current)) input.close()
  }

  /**
   * Starts to read the next block, if that has not been done, so that reading and cutting overlap. To be called when the
   * last block has been copied, or kept: a stream may go on to use the memory of its last chunk.
   */
  readAhead(): Promise<Block | undefined> {
    if (this.#ahead === undefined) {
      this.#arrived = false
      const ahead = this.#closed || this.input === undefined ? Promise.resolve(undefined) : this.input.read()
      this.#ahead = ahead
      const arrived = (): void => {
        if (this.#ahead === ahead) this.#arrived = true
      }
      // Also keeps an error from being unhandled: nobody may ever ask for this block.
      ahead.then(arrived, arrived)
    }
    return this.#ahead
  }

  /** A silent pipe must not keep a reader waiting that has been closed. */
  #untilClosed(ahead: Promise<Block | undefined>): Promise<Block | undefined> {
    return new Promise((resolve, reject) => {
      this.#giveUp = () => resolve(undefined)
      ahead.then(resolve, reject)
    })
  }
}
