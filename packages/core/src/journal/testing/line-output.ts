import { open, rename, rm } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { syncFolderOf } from '../durable-folder.ts'

import type { JournaledOutput, RewrittenOutput, OutputMark } from '../../options/journaled-output.ts'

/** An output of lines `{"index":…}`, as simple as one can be that keeps its promises. */
export class LineOutput implements JournaledOutput {
  readonly path: string
  readonly settings: Readonly<Record<string, string>> = { only: 'all' }
  #file: FileHandle | undefined
  #offset = 0
  #unwritten = ''
  #crc = 0

  constructor(path: string) {
    this.path = path
  }

  write(line: string): void {
    this.#unwritten += line
    this.#crc = crc32(line, this.#crc)
  }

  mark(): OutputMark {
    const crc = this.#crc
    this.#crc = 0
    return { offset: this.#offset + Buffer.byteLength(this.#unwritten), crc }
  }

  /** Writes what is there, so a line at a time may be cut off by a kill, but not made durable. */
  async flush(): Promise<void> {
    const bytes = Buffer.from(this.#unwritten)
    this.#unwritten = ''
    const at = this.#offset
    this.#offset += bytes.length
    for (let written = 0; written < bytes.length;) {
      const { bytesWritten } = await this.#file!.write(bytes, written, bytes.length - written, at + written)
      written += bytesWritten
    }
  }

  async durable(): Promise<void> {
    await this.flush()
    await this.#file!.datasync()
  }

  async matches(from: number, to: number, crc: number): Promise<boolean> {
    const bytes = await contentOf(this.path)
    return bytes !== undefined && bytes.length >= to && crc32(bytes.subarray(from, to)) === crc
  }

  async resumeAt(offset: number): Promise<void> {
    await this.close()
    this.#file = await open(this.path, 'r+').catch(() => open(this.path, 'w+'))
    await this.#file.truncate(offset)
    await this.#file.sync()
    this.#offset = offset
    this.#crc = 0
  }

  async rewriteWithout(isDropped: (index: number) => boolean, end: number): Promise<RewrittenOutput> {
    const lines = (await contentOf(this.path))!.subarray(0, end).toString().split('\n').slice(0, -1)
    const kept = lines.filter((line) => !isDropped((JSON.parse(line) as { index: number }).index))
    const bytes = Buffer.from(kept.map((line) => `${line}\n`).join(''))
    const temporary = `${this.path}.redrive`
    const file = await open(temporary, 'w')
    await file.writeFile(bytes)
    await file.sync()
    await file.close()
    return { temporary, offset: bytes.length, crc: crc32(bytes) }
  }

  async adopt({ temporary, offset, crc }: RewrittenOutput): Promise<boolean> {
    const bytes = await contentOf(temporary)
    if (bytes === undefined || bytes.length !== offset || crc32(bytes) !== crc) return false
    await this.close()
    await rename(temporary, this.path)
    await syncFolderOf(this.path)
    return true
  }

  async close(): Promise<void> {
    await this.#file?.close()
    this.#file = undefined
  }

  async remove(): Promise<void> {
    await this.close()
    await rm(this.path, { force: true })
  }
}

async function contentOf(path: string): Promise<Buffer | undefined> {
  const file = await open(path).catch(() => undefined)
  if (file === undefined) return undefined
  try {
    return await file.readFile()
  } finally {
    await file.close()
  }
}
