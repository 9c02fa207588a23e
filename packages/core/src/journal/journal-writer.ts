import { Buffer } from 'node:buffer'
import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import { FanfoldError } from '../errors.ts'
import { encodeFrame } from './format.ts'
import type { Frame } from './frames.ts'

/** What is written is durable at the latest so long after, ms. */
const SYNC_EVERY_MS = 1_000

/** What the writer needs of a `FileHandle`. */
export interface JournalFile {
  write(bytes: Buffer, offset: number, length: number, position: number): Promise<{ readonly bytesWritten: number }>
  datasync(): Promise<void>
  close(): Promise<void>
}

/** What is in a journal already, all of it whole. */
export interface JournalEnd {
  readonly bytes: number
  readonly frames: number
}

/**
 * Appends frames to a journal, in order, in the background: written at once, durable within a second or when it is asked
 * for. The first error is the last thing that happens: a write that failed may have left half a line, and after a
 * failed `fdatasync` nobody knows what is on the disk.
 */
export class JournalWriter {
  readonly #file: JournalFile
  readonly #path: string
  readonly #onFailed: (error: FanfoldError) => void
  #position: number
  #frames: number
  #pending: Buffer[] = []
  #isDirty = false
  #isSyncAsked = false
  #pumping: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #failure: FanfoldError | undefined

  /**
   * @param end - where the next frame goes, and its number
   * @param onFailed - called once, with `FANFOLD_JOURNAL_FAILED`, when the file takes nothing any more
   */
  constructor(file: JournalFile, path: string, end: JournalEnd, onFailed: (error: FanfoldError) => void) {
    this.#file = file
    this.#path = path
    this.#position = end.bytes
    this.#frames = end.frames
    this.#onFailed = onFailed
  }

  get failure(): FanfoldError | undefined {
    return this.#failure
  }

  /** Adds a frame; resolves when it, and all before it, are written (not yet durable), or the writer has failed. */
  append(frame: Frame): Promise<void> {
    if (this.#failure !== undefined) return Promise.resolve()
    this.#pending.push(encodeFrame(frame, this.#frames++))
    return this.#pump()
  }

  /** Resolves when all that was appended is durable, or the writer has failed. */
  async sync(): Promise<void> {
    if (this.#failure !== undefined || (!this.#isDirty && this.#pending.length === 0)) return
    this.#isSyncAsked = true
    await this.#pump()
  }

  /** Makes durable what was appended, and lets go of the file. */
  async close(): Promise<void> {
    await this.sync()
    // A datasync that began before may still be on its way.
    await this.#pumping
    clearTimeout(this.#timer)
    await this.#file.close().catch((error: unknown) => this.#fail(error))
  }

  /** Resolves when there is nothing left to do, what was asked for meanwhile included. */
  #pump(): Promise<void> {
    this.#pumping ??= this.#work()
    return this.#pumping
  }

  /** Called with something to do only, so that it never ends before it is known as `#pumping`. */
  async #work(): Promise<void> {
    try {
      while (this.#pending.length > 0 || this.#isSyncAsked) {
        if (this.#pending.length > 0) {
          this.#isDirty = true
          await this.#write(Buffer.concat(this.#pending.splice(0)))
        } else {
          this.#isSyncAsked = false
          this.#isDirty = false
          clearTimeout(this.#timer)
          this.#timer = undefined
          await this.#file.datasync()
        }
      }
      // Not put off by later frames. It holds no process: whoever ends the run closes the journal.
      if (this.#isDirty) this.#timer ??= setTimeout(() => void this.sync(), SYNC_EVERY_MS).unref()
    } catch (error) {
      this.#fail(error)
    }
    // In the same step as the look at what is pending: what comes later starts anew.
    this.#pumping = undefined
  }

  async #write(bytes: Buffer): Promise<void> {
    for (let written = 0; written < bytes.length;) {
      const { bytesWritten } = await this.#file.write(bytes, written, bytes.length - written, this.#position)
      written += bytesWritten
      this.#position += bytesWritten
    }
  }

  #fail(cause: unknown): void {
    if (this.#failure !== undefined) return
    this.#pending = []
    clearTimeout(this.#timer)
    this.#failure = journalFailed(this.#path, 'cannot be written', cause)
    this.#onFailed(this.#failure)
  }
}

/** @param problem - goes on from "the journal 'path'"; left out where the path is no place for a file */
export function journalFailed(path: string, problem: string, cause: unknown): FanfoldError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  const message =
    misplaced(path) ??
    `the journal '${path}' ${problem}: ${reason}. ` +
      'Free the space, or mend the permissions, and resume: what is in it already is kept.'
  return new FanfoldError('FANFOLD_JOURNAL_FAILED', message, { cause })
}

function misplaced(path: string): string | undefined {
  if (isFolder(path)) return `the journal '${path}' is a folder. Give the path of a file.`
  const folder = dirname(path)
  if (isFolder(folder) !== false) return undefined
  return `the journal '${path}' cannot be made: there is no folder '${folder}'. Make it first, or give another path.`
}

/** @returns `undefined` where it may not be looked */
function isFolder(path: string): boolean | undefined {
  try {
    return statSync(path).isDirectory()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    return code === 'ENOENT' || code === 'ENOTDIR' ? false : undefined
  }
}
