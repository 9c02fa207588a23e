import { Buffer } from 'node:buffer'
import { types } from 'node:util'
import { FanfoldError } from '@fanfold/workers/protocol'
import type { Block, ByteInput } from './byte-input.ts'
import { pull } from './pull.ts'
import type { Pull } from './pull.ts'

/** Bytes from a stream that is already open. */
export class StreamInput implements ByteInput {
  readonly name: string | undefined
  readonly size = undefined
  readonly prompt = false
  readonly #pull: Pull<unknown>
  #ended = false

  /** @throws if the stream cannot be read, such as a web stream that has a reader already */
  constructor(stream: AsyncIterable<unknown> | ReadableStream<unknown>, name: string | undefined) {
    this.name = name
    this.#pull = pull(stream)
  }

  async read(): Promise<Block | undefined> {
    const { done, value } = await this.#next()
    if (done === true) {
      this.#ended = true
      return undefined
    }
    if (!types.isUint8Array(value)) throw notBytes(value)
    return { data: Buffer.from(value.buffer, value.byteOffset, value.byteLength), headroom: undefined }
  }

  async #next(): Promise<IteratorResult<unknown, unknown>> {
    try {
      return await this.#pull.next()
    } catch (error) {
      this.#ended = true
      throw error
    }
  }

  close(): void {
    if (this.#ended) return
    this.#ended = true
    this.#pull.close()
  }
}

function notBytes(chunk: unknown): FanfoldError {
  const [what, remedy] =
    typeof chunk === 'string'
      ? ['a string', 'Leave out setEncoding(), or encode its chunks.']
      : [
          chunk === null ? 'null' : `a value of type ${typeof chunk}`,
          'A stream of records has to give Uint8Arrays; a stream of items is a source by itself.',
        ]
  return new FanfoldError('FANFOLD_SOURCE_FAILED', `the stream gave ${what} where bytes were expected. ${remedy}`)
}
