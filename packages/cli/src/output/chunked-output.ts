import { Buffer } from 'node:buffer'
import { FanfoldError } from '@fanfold/core'
import { Stalled, withPatience } from '../patience.ts'
import { messageOf } from '../problem.ts'
import { GatheredBytes } from './gathered-bytes.ts'

/** What is sent at once: large enough to cost little, small enough to be of no account in memory. */
export const CHUNK_BYTES: number = 256 * 1024

/** Where outcomes are written. Bytes are kept in the order in which they were gathered. */
export interface Output {
  /** What is gathered and not sent yet. */
  readonly bytes: GatheredBytes
  /** Where lines of aborted outcomes are gathered, to come after all others; where this is missing, they come in turn. */
  readonly late?: GatheredBytes | undefined
  /** Nothing is being sent. */
  readonly isIdle: boolean
  /**
   * Begins to send what is gathered, when there is room for more, which for a slow reader is late. May be called again
   * before that.
   *
   * @throws {OutputBroken}
   */
  send(): Promise<void>
  /** Resolves when all that was sent is written. @throws {OutputBroken} */
  flush(): Promise<void>
  /** What was gathered is not what it should be, so nothing may build on it. */
  giveUp?(error: unknown): void
  /** @returns what is wrong with it, or was before */
  close(): Promise<OutputBroken | undefined>
}

/** What an output is made of. */
export interface OutputParts {
  /** As the user gave it; `-` is stdout. */
  readonly name: string
  /** Writes the bytes, in turn. What it does before its first `await` is done before anything else is gathered. */
  readonly write: (bytes: Buffer) => Promise<void>
  readonly close: () => Promise<void>
  /** From when on a reader who takes nothing is not waited for. */
  readonly interrupted: AbortSignal
  /** What to do when it takes nothing any more. @defaultValue for a file that is written from its start */
  readonly remedy?: string
}

/** An output that takes nothing any more. */
export class OutputBroken extends FanfoldError {
  override readonly name: string = 'OutputBroken'
  /** The reader of a pipe has gone, which is its right. */
  readonly isClosedPipe: boolean
  /** Something is still being written, and nobody waits for it any more. */
  readonly isStalled: boolean
  constructor({ name, remedy = ANEW }: Pick<OutputParts, 'name' | 'remedy'>, cause: unknown) {
    const isStalled = cause instanceof Stalled
    const what = isStalled ? `${WHOLE}; read it to its end` : remedy
    super('FANFOLD_OUTPUT_FAILED', `the outcomes cannot be written to '${name}': ${messageOf(cause)}. ${what}.`, {
      cause,
    })
    this.isClosedPipe = name === '-' && cause instanceof Error && 'code' in cause && CLOSED.has(String(cause.code))
    this.isStalled = isStalled
  }
}

const WHOLE = 'What was written before is whole but for the last line'
const ANEW = `${WHOLE}; free the space or give another --out`

/** A pipe's, and a socket's, whose reader has gone. */
const CLOSED: ReadonlySet<string> = new Set(['EPIPE', 'ECONNRESET', 'ERR_STREAM_DESTROYED'])

/** A buffer that grew larger than this for a large record is not kept. */
const MOST_KEPT = 8 * CHUNK_BYTES

/** One chunk is sent while the next is gathered, and no more than that is kept. */
export class ChunkedOutput implements Output {
  readonly bytes: GatheredBytes = new GatheredBytes(2 * CHUNK_BYTES)
  isIdle = true
  readonly #parts: OutputParts
  /** The buffer that nothing is gathered in: what it holds is being sent, or has been. */
  #spare: Buffer = Buffer.allocUnsafeSlow(2 * CHUNK_BYTES)
  /** Never rejects; what went wrong is in `#broken`. */
  #sending: Promise<void> = Promise.resolve()
  #broken: OutputBroken | undefined

  constructor(parts: OutputParts) {
    this.#parts = parts
  }

  async send(): Promise<void> {
    // Two may be waiting for room: who gathers, and a journal that names what was gathered.
    while (!this.isIdle && this.#broken === undefined) await this.#sending
    if (this.#broken !== undefined) throw this.#broken
    if (this.bytes.length === 0) return
    const chunk = this.bytes.swap(this.#spare)
    const { buffer } = chunk
    this.#spare = buffer.byteLength > MOST_KEPT ? Buffer.allocUnsafeSlow(2 * CHUNK_BYTES) : Buffer.from(buffer)
    this.isIdle = false
    const { write, interrupted } = this.#parts
    this.#sending = withPatience(write(chunk), interrupted).then(
      () => {
        this.isIdle = true
      },
      (error: unknown) => void this.break(error),
    )
  }

  async close(): Promise<OutputBroken | undefined> {
    await this.#sending
    // What is still being written keeps its file; the process ends soon.
    if (this.#broken?.isStalled !== true) await this.#parts.close().catch((error: unknown) => this.break(error))
    return this.#broken
  }

  async flush(): Promise<void> {
    await this.#sending
    if (this.#broken !== undefined) throw this.#broken
  }

  /** It takes nothing from now on. @returns why, which may be what was wrong before */
  break(error: unknown): OutputBroken {
    this.#broken ??= new OutputBroken(this.#parts, error)
    return this.#broken
  }
}
