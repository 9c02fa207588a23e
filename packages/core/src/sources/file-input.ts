import { closeSync, constants, open as openDescriptor, openSync } from 'node:fs'
import { access, open, stat } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { Socket } from 'node:net'
import { isatty, ReadStream } from 'node:tty'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { FanfoldError } from '@fanfold/workers/protocol'
import { BlockMemory } from './block-memory.ts'
import type { Block, ByteInput } from './byte-input.ts'
import { StreamInput } from './stream-input.ts'
import { explain, unreadableText } from './unreadable-text.ts'
import type { Explanation } from './unreadable-text.ts'

/** The unfinished record of the block before fits in front, nearly always: then no block is ever copied. */
const HEADROOM = 64 * 1024
/** With what is left of the block before, no more than a shard takes: else ever more is left, and has to be copied. */
const BLOCK_BYTES = 1024 * 1024 - HEADROOM
const LEAST_READ = 4096
/** The flag is missing on Windows, which has no such paths either. */
const NONBLOCKING = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

/** A file's path, or its `file:` URL. */
export type PathLike = string | URL

/**
 * Checks a path, without opening it: opening a pipe would wait for its writer.
 *
 * @throws {FanfoldError} `FANFOLD_SOURCE_UNREADABLE`
 */
export async function inputAt(path: PathLike): Promise<ByteInput> {
  const name = String(path)
  try {
    const target = typeof path === 'string' ? path : fileURLToPath(path)
    const stats = await stat(target)
    if (stats.isDirectory()) throw unreadable(name, ['it is a folder', 'Give the files in it.'])
    await access(target, constants.R_OK)
    // A process started by Node has a socket for stdin, and /dev/stdin cannot be opened then.
    if (stats.isSocket() && STDIN.has(target)) return new StreamInput(process.stdin, name)
    if (stats.isFile()) return new FileInput(target, name, stats.size)
    if (stats.isCharacterDevice() && !isTerminal(target)) return new FileInput(target, name, undefined)
    return new PipeInput(target, name)
  } catch (error) {
    throw error instanceof FanfoldError ? error : unreadableInput(name, error)
  }
}

const STDIN: ReadonlySet<string> = new Set(['/dev/stdin', '/dev/fd/0', '/proc/self/fd/0'])

function isTerminal(path: string): boolean {
  const descriptor = openSync(path, NONBLOCKING)
  try {
    return isatty(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** The error for an input that the system does not let us read. @param name - as given */
export function unreadableInput(name: string, cause: unknown): FanfoldError {
  return unreadable(name, explain(cause), cause)
}

function unreadable(name: string, why: Explanation, cause?: unknown): FanfoldError {
  const options = cause === undefined ? undefined : { cause }
  return new FanfoldError('FANFOLD_SOURCE_UNREADABLE', unreadableText(name, why), options)
}

/** A regular file. */
class FileInput implements ByteInput {
  readonly name: string
  readonly size: number | undefined
  readonly prompt = true
  readonly #path: string
  readonly #memory = new BlockMemory()
  #handle: FileHandle | undefined
  #read = 0
  #closed = false

  constructor(path: string, name: string, size: number | undefined) {
    this.#path = path
    this.name = name
    this.size = size
  }

  async read(): Promise<Block | undefined> {
    const handle = (this.#handle ??= await open(this.#path))
    if (this.#closed) {
      this.close()
      return undefined
    }
    // A small file gets a small block. One that has grown since is read on, piece by piece.
    const rest = this.size === undefined ? LEAST_READ : this.size - this.#read
    const length = Math.min(BLOCK_BYTES, Math.max(rest, LEAST_READ))
    const lease = this.#memory.take(HEADROOM + length)
    const bytes = lease.buffer
    const { bytesRead } = await handle.read(bytes, HEADROOM, length, null)
    this.#read += bytesRead
    if (bytesRead > 0) return { data: bytes.subarray(HEADROOM, HEADROOM + bytesRead), headroom: HEADROOM, lease }
    this.close()
    // Records are missing, and nobody knows which.
    if (this.size !== undefined && this.#read < this.size)
      throw new Error(`it has ${this.#read} bytes now, and had ${this.size} when the run began`)
    return undefined
  }

  close(): void {
    this.#closed = true
    // Node closes it when a pending read has ended, which for a file is soon.
    this.#handle?.close().catch(() => {})
    this.#handle = undefined
  }
}

/**
 * A named pipe, or a terminal. A blocking read of one cannot be given up and would hold the process, so it is opened
 * without blocking and read by the event loop.
 */
class PipeInput implements ByteInput {
  readonly name: string
  readonly size = undefined
  readonly prompt = false
  readonly #path: string
  #stream: StreamInput | undefined
  #closed = false

  constructor(path: string, name: string) {
    this.#path = path
    this.name = name
  }

  async read(): Promise<Block | undefined> {
    this.#stream ??= await this.#open()
    if (this.#closed) this.#stream.close()
    return this.#closed ? undefined : this.#stream.read()
  }

  async #open(): Promise<StreamInput> {
    const descriptor = await promisify(openDescriptor)(this.#path, NONBLOCKING)
    const stream = isatty(descriptor)
      ? new ReadStream(descriptor)
      : new Socket({ fd: descriptor, readable: true, writable: false })
    return new StreamInput(stream, this.name)
  }

  close(): void {
    this.#closed = true
    this.#stream?.close()
  }
}
