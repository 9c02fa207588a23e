import { constants } from 'node:fs'
import { access, open, realpath, rename } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { crc32 } from 'node:zlib'
import { syncFolderOf } from '@fanfold/core'
import type { JournaledOutput, OutcomeKind, OutputMark, RewrittenOutput } from '@fanfold/core'
import { badUsage } from '../problem.ts'
import { CHUNK_BYTES, ChunkedOutput } from './chunked-output.ts'
import type { Output, OutputBroken } from './chunked-output.ts'
import { copyLines } from './copy-lines.ts'
import { GatheredBytes } from './gathered-bytes.ts'
import { openFile, whyUnwritable, writeFully } from './output.ts'

const REMEDY = 'What is journaled is kept; free the space, and go on with --resume'
const BLOCK_BYTES = 1024 * 1024

/**
 * The file of `--out` when there is a journal: written in place, made durable before the journal says what is in it, and
 * cut back to what the journal says when the run is resumed. Nothing is opened nor touched before {@link resumeAt}.
 *
 * Chunks are sent whenever there are enough bytes, in the midst of a batch too, so the file may be ahead of the last
 * mark. Marks and checksums are of what was gathered, sent or not: exactly what was handed over at that moment.
 */
export class JournaledFile implements Output, JournaledOutput {
  readonly path: string
  readonly settings: Readonly<Record<string, string>>
  readonly late: GatheredBytes | undefined
  /** Where symbolic links lead: what is renamed must not take the place of the link. */
  readonly #target: string
  readonly #chunks: ChunkedOutput
  #file: FileHandle | undefined
  /** Where what is gathered will begin in the file. */
  #sent = 0
  #marked = 0
  /** Of what was gathered since the last mark: all that was sent, and the first `#summed` bytes of what is not. */
  #crc = 0
  #summed = 0

  private constructor(path: string, target: string, options: JournaledFileOptions) {
    const { only, include, timings, order, interrupted } = options
    this.path = path
    this.#target = target
    // By the names that the user knows. What a record is (--format, --max-record, --id-field) the source tells itself.
    this.settings = {
      '--out': resolve(path),
      '--only': only?.join(',') ?? 'all',
      '--include': include,
      '--no-timings': timings ? 'no' : 'yes',
    }
    // In the order of input an aborted outcome has its turn, and nothing behind it is journaled.
    this.late = order === 'arrival' ? new GatheredBytes(CHUNK_BYTES) : undefined
    this.#chunks = new ChunkedOutput({
      name: path,
      write: (bytes) => this.#write(bytes),
      close: () => this.#letGo(),
      interrupted,
      remedy: REMEDY,
    })
  }

  /** @throws {FanfoldError} `FANFOLD_BAD_OPTION` when it is clear already that it cannot be written */
  static async at(path: string, options: JournaledFileOptions): Promise<JournaledFile> {
    const target = await realpath(path).catch(() => undefined)
    try {
      await access(target ?? dirname(resolve(path)), constants.W_OK)
    } catch (error) {
      throw badUsage(`--out '${path}' cannot be written: ${whyUnwritable(error)}.`, error)
    }
    return new JournaledFile(path, target ?? resolve(path), options)
  }

  get bytes(): GatheredBytes {
    return this.#chunks.bytes
  }

  get isIdle(): boolean {
    return this.#chunks.isIdle
  }

  send(): Promise<void> {
    return this.#chunks.send()
  }

  flush(): Promise<void> {
    return this.#chunks.flush()
  }

  giveUp(error: unknown): void {
    this.#chunks.break(error)
  }

  close(): Promise<OutputBroken | undefined> {
    return this.#chunks.close()
  }

  mark(): OutputMark {
    const { bytes } = this.#chunks
    const crc = crc32(bytes.from(this.#summed), this.#crc)
    this.#crc = 0
    this.#summed = bytes.length
    this.#marked = this.#sent + bytes.length
    return { offset: this.#marked, crc }
  }

  async durable(): Promise<void> {
    const end = this.#marked
    while (this.#sent < end) await this.#chunks.send()
    await this.#chunks.flush()
    try {
      await this.#file?.datasync()
    } catch (error) {
      // What was not written then never is: the kernel has dropped it.
      throw this.#chunks.break(error)
    }
  }

  async matches(from: number, to: number, crc: number): Promise<boolean> {
    if (to === 0) return true // whatever is there, or not, is cut off
    const sum = await sumOf(this.#target, from, to)
    return sum === crc
  }

  async resumeAt(offset: number): Promise<void> {
    await this.#letGo()
    const file = await openFile('--out', this.#target)
    this.#file = file
    await file.truncate(offset)
    await file.sync()
    if (offset === 0) await syncFolderOf(this.#target)
    this.#sent = offset
    this.#marked = offset
    this.#crc = 0
    this.#summed = 0
  }

  async rewriteWithout(isDropped: (index: number) => boolean, end: number): Promise<RewrittenOutput> {
    const temporary = redriveCopyOf(this.#target)
    const source = await open(this.#target)
    try {
      const { mode, uid, gid } = await source.stat()
      const target = await open(temporary, 'w', mode & 0o777)
      try {
        // Whoever may not read the old file may not read the new one; to give it to another is for root.
        await target.chmod(mode & 0o777)
        await target.chown(uid, gid).catch(() => {})
        const written = await copyLines(source, end, target, isDropped)
        await target.sync()
        return { ...written, temporary }
      } finally {
        await target.close()
      }
    } finally {
      await source.close()
    }
  }

  async adopt({ temporary, offset, crc }: RewrittenOutput): Promise<boolean> {
    const { size } = (await statOf(temporary)) ?? {}
    if (size !== offset || (await sumOf(temporary, 0, offset)) !== crc) return false
    // The next thing written goes to the new file: `resumeAt` opens it.
    await this.#letGo()
    await rename(temporary, this.#target)
    await syncFolderOf(this.#target)
    return true
  }

  /** Called as soon as the bytes are not gathered any more. */
  async #write(bytes: Buffer): Promise<void> {
    if (this.#file === undefined) throw new Error('it is not open')
    this.#crc = crc32(bytes.subarray(this.#summed), this.#crc)
    this.#summed = 0
    const at = this.#sent
    this.#sent += bytes.length
    await writeFully(this.#file.fd, bytes, at)
  }

  async #letGo(): Promise<void> {
    const file = this.#file
    this.#file = undefined
    await file?.close()
  }
}

/** What its lines depend on, and when they need not be waited for. */
export interface JournaledFileOptions {
  readonly only: readonly OutcomeKind[] | undefined
  readonly include: 'none' | 'attention' | 'all'
  readonly timings: boolean
  readonly order: 'arrival' | 'input'
  /** From when on a disk that takes nothing is not waited for. */
  readonly interrupted: AbortSignal
}

/** CRC-32 of a stretch of a file; `undefined` when it does not reach so far. */
async function sumOf(path: string, from: number, to: number): Promise<number | undefined> {
  const file = await openIfThere(path)
  if (file === undefined) return undefined
  try {
    const block = Buffer.allocUnsafe(Math.min(BLOCK_BYTES, Math.max(1, to - from)))
    let crc = 0
    for (let at = from; at < to;) {
      const { bytesRead } = await file.read(block, 0, Math.min(block.length, to - at), at)
      if (bytesRead === 0) return undefined
      crc = crc32(block.subarray(0, bytesRead), crc)
      at += bytesRead
    }
    return crc
  } finally {
    await file.close()
  }
}

async function statOf(path: string): Promise<{ readonly size: number } | undefined> {
  const file = await openIfThere(path)
  if (file === undefined) return undefined
  try {
    return await file.stat()
  } finally {
    await file.close()
  }
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** Where a redrive puts the new file until it takes the old one's place. */
export function redriveCopyOf(out: string): string {
  return `${out}.fanfold-redrive`
}
