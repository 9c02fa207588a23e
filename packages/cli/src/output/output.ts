import { constants, fstatSync, write as writeDescriptor } from 'node:fs'
import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { promisify } from 'node:util'
import { FanfoldError } from '@fanfold/core'
import { Stalled, withPatience } from '../patience.ts'
import { badUsage, messageOf } from '../problem.ts'
import type { LineBytes } from './line-bytes.ts'

/** What is sent at once: large enough to cost little, small enough to be of no account in memory. */
export const CHUNK_BYTES: number = 256 * 1024

/** Where outcomes are written. Bytes are kept in the order of the calls. */
export interface Output {
  /** Nothing is being sent. */
  readonly isIdle: boolean
  /**
   * Takes the bytes and gives back an empty buffer; resolves when there is room for more, which for a slow reader is
   * late.
   *
   * @throws {OutputBroken}
   */
  write(bytes: LineBytes): Promise<void>
  /** Resolves when all that was taken is written. @throws {OutputBroken} */
  flush(): Promise<void>
  /** @returns what is wrong with it, or was before */
  close(): Promise<OutputBroken | undefined>
}

/** An output that takes nothing any more. */
export class OutputBroken extends FanfoldError {
  override readonly name: string = 'OutputBroken'
  /** The reader of a pipe has gone, which is its right. */
  readonly isClosedPipe: boolean
  /** Something is still being written, and nobody waits for it any more. */
  readonly isStalled: boolean
  constructor(name: string, cause: unknown, isClosedPipe: boolean) {
    const isStalled = cause instanceof Stalled
    const remedy = isStalled ? 'read it to its end' : 'free the space or give another --out'
    const message = `the outcomes cannot be written to '${name}': ${messageOf(cause)}. ${WHOLE}; ${remedy}.`
    super('FANFOLD_OUTPUT_FAILED', message, { cause })
    this.isClosedPipe = isClosedPipe
    this.isStalled = isStalled
  }
}

const WHOLE = 'What was written before is whole but for the last line'

/**
 * Opens a file for writing from its start. What is in it stays until {@link empty}, as long as there may come a reason
 * to write nothing.
 *
 * @throws {FanfoldError} `FANFOLD_BAD_OPTION`
 */
export async function openFile(option: string, path: string): Promise<FileHandle> {
  try {
    return await open(path, constants.O_WRONLY | constants.O_CREAT)
  } catch (error) {
    throw badUsage(`${option} '${path}' cannot be written: ${whyUnwritable(error)}.`, error)
  }
}

function whyUnwritable(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'there is no such folder. Make it first'
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return 'this user may not write there. Give another path'
  if (code === 'EISDIR') return 'it is a folder. Give the path of a file'
  return messageOf(error)
}

/** A device or a FIFO has nothing to be emptied of. */
export async function empty(file: FileHandle): Promise<void> {
  if ((await file.stat()).isFile()) await file.truncate()
}

/**
 * The file is emptied by the first outcome, or by closing.
 *
 * @param interrupted - from when on a reader who takes nothing is not waited for
 */
export function fileOutput(path: string, file: FileHandle, interrupted: AbortSignal): Output {
  let emptied: Promise<void> | undefined
  return new ChunkedOutput(
    path,
    async (bytes) => {
      await (emptied ??= empty(file))
      await writeFully(file.fd, bytes)
    },
    async () => {
      await (emptied ??= empty(file))
      await file.close()
    },
    interrupted,
  )
}

/**
 * A pipe is written by the event loop, so that a reader who stops reading holds up neither the main thread nor one of
 * libuv's. A file is written beside the main thread; `process.stdout` would write it synchronously.
 */
export function stdoutOutput(interrupted: AbortSignal): Output {
  const { stdout } = process
  stdout.on('error', () => {}) // the write that failed tells
  const isFile = fstatSync(stdout.fd).isFile()
  const write = isFile ? (bytes: Buffer) => writeFully(stdout.fd, bytes) : (bytes: Buffer) => writeTo(stdout, bytes)
  return new ChunkedOutput('-', write, () => Promise.resolve(), interrupted)
}

function writeTo(stream: NodeJS.WritableStream, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(bytes, (error) => (error ? reject(error) : resolve()))
  })
}

const writeSome = promisify(writeDescriptor)

async function writeFully(descriptor: number, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const { bytesWritten } = await writeSome(descriptor, bytes, at, bytes.length - at, null)
    at += bytesWritten
  }
}

/** A buffer that grew larger than this for a large record is not kept. */
const MOST_KEPT = 8 * CHUNK_BYTES

/** One chunk is sent while the next is gathered, and no more than that is kept. */
class ChunkedOutput implements Output {
  isIdle = true
  readonly #name: string
  readonly #send: (bytes: Buffer) => Promise<void>
  readonly #close: () => Promise<void>
  readonly #interrupted: AbortSignal
  /** The buffer that nothing is gathered in: what it holds is being sent, or has been. */
  #spare: Buffer = Buffer.allocUnsafeSlow(2 * CHUNK_BYTES)
  /** Never rejects; what went wrong is in `#broken`. */
  #sending: Promise<void> = Promise.resolve()
  #broken: OutputBroken | undefined

  constructor(
    name: string,
    send: (bytes: Buffer) => Promise<void>,
    close: () => Promise<void>,
    interrupted: AbortSignal,
  ) {
    this.#name = name
    this.#send = send
    this.#close = close
    this.#interrupted = interrupted
  }

  async write(bytes: LineBytes): Promise<void> {
    await this.flush()
    if (bytes.length === 0) return
    const chunk = bytes.swap(this.#spare)
    const { buffer } = chunk
    this.#spare = buffer.byteLength > MOST_KEPT ? Buffer.allocUnsafeSlow(2 * CHUNK_BYTES) : Buffer.from(buffer)
    this.isIdle = false
    this.#sending = withPatience(this.#send(chunk), this.#interrupted).then(
      () => {
        this.isIdle = true
      },
      (error: unknown) => this.#break(error),
    )
  }

  async close(): Promise<OutputBroken | undefined> {
    await this.#sending
    // What is still being written keeps its file; the process ends soon.
    if (this.#broken?.isStalled !== true) await this.#close().catch((error: unknown) => this.#break(error))
    return this.#broken
  }

  async flush(): Promise<void> {
    await this.#sending
    if (this.#broken !== undefined) throw this.#broken
  }

  #break(error: unknown): void {
    const isClosed = this.#name === '-' && error instanceof Error && 'code' in error && CLOSED.has(String(error.code))
    this.#broken ??= new OutputBroken(this.#name, error, isClosed)
  }
}

/** A pipe's, and a socket's, whose reader has gone. */
const CLOSED: ReadonlySet<string> = new Set(['EPIPE', 'ECONNRESET', 'ERR_STREAM_DESTROYED'])
