import { fstatSync, write as writeDescriptor } from 'node:fs'
import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { promisify } from 'node:util'
import { FanfoldError } from '@fanfold/core'
import { badUsage, messageOf } from '../problem.ts'

/** Where outcomes are written. Bytes are kept in the order of the calls. */
export interface Output {
  /**
   * Takes a text; resolves when there is room for more, which for a slow reader is late.
   *
   * @throws {OutputBroken}
   */
  write(text: string): Promise<void>
  /** Whether nothing is being written now, so that a small text need not wait to become a large one. */
  readonly isIdle: boolean
  /** Resolves when all is written. @throws {OutputBroken} */
  close(): Promise<void>
}

/** An output that takes nothing any more. */
export class OutputBroken extends FanfoldError {
  override readonly name: string = 'OutputBroken'
  /** The reader of a pipe has gone, which is its right. */
  readonly isClosedPipe: boolean
  constructor(name: string, cause: unknown, isClosedPipe: boolean) {
    super('FANFOLD_RUN_FAILED', `The outcomes cannot be written to '${name}': ${messageOf(cause)}. ${REMEDY}`, {
      cause,
    })
    this.isClosedPipe = isClosedPipe
  }
}

const REMEDY = 'What was written before is whole but for the last line; free the space or give another --out.'

/**
 * Opens `--out` for writing from its start.
 *
 * @param path - `-` is stdout
 * @throws {FanfoldError} `FANFOLD_BAD_OPTION` if it cannot be opened
 */
export async function openOutput(path: string): Promise<Output> {
  if (path === '-') return stdoutOutput()
  const handle = await openFile('--out', path)
  return new ChunkedOutput(
    path,
    (bytes) => writeFully(handle.fd, bytes),
    () => handle.close(),
  )
}

/** @throws {FanfoldError} `FANFOLD_BAD_OPTION` */
export async function openFile(option: string, path: string): Promise<FileHandle> {
  try {
    return await open(path, 'w')
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

/**
 * A pipe is written by the event loop, so that a reader who stops reading holds up neither the main thread nor one of
 * libuv's. A file is written beside the main thread; `process.stdout` would write it synchronously.
 */
function stdoutOutput(): Output {
  const { stdout } = process
  stdout.on('error', () => {}) // the write that failed tells
  const isFile = fstatSync(stdout.fd).isFile()
  const write = isFile ? (bytes: Buffer) => writeFully(stdout.fd, bytes) : (bytes: Buffer) => writeTo(stdout, bytes)
  return new ChunkedOutput('-', write, () => Promise.resolve())
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

/** One chunk is written while the next is gathered, and no more than that is kept. */
class ChunkedOutput implements Output {
  isIdle = true
  readonly #name: string
  readonly #write: (bytes: Buffer) => Promise<void>
  readonly #close: () => Promise<void>
  /** Never rejects; what went wrong is in `#broken`. */
  #writing: Promise<void> = Promise.resolve()
  #broken: OutputBroken | undefined

  constructor(name: string, write: (bytes: Buffer) => Promise<void>, close: () => Promise<void>) {
    this.#name = name
    this.#write = write
    this.#close = close
  }

  async write(text: string): Promise<void> {
    await this.#settled()
    if (text === '') return
    this.isIdle = false
    this.#writing = this.#write(Buffer.from(text)).then(
      () => {
        this.isIdle = true
      },
      (error: unknown) => this.#break(error),
    )
  }

  async close(): Promise<void> {
    try {
      await this.#settled()
    } finally {
      await this.#close().catch((error: unknown) => this.#break(error))
    }
    await this.#settled()
  }

  async #settled(): Promise<void> {
    await this.#writing
    if (this.#broken !== undefined) throw this.#broken
  }

  #break(error: unknown): void {
    const isClosed = this.#name === '-' && error instanceof Error && 'code' in error && CLOSED.has(String(error.code))
    this.#broken ??= new OutputBroken(this.#name, error, isClosed)
  }
}

/** A pipe's, and a socket's, whose reader has gone. */
const CLOSED: ReadonlySet<string> = new Set(['EPIPE', 'ECONNRESET', 'ERR_STREAM_DESTROYED'])
