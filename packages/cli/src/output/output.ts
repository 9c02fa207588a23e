import { constants, fstatSync, write as writeDescriptor } from 'node:fs'
import { access, open, stat } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { promisify } from 'node:util'
import { badUsage, messageOf } from '../problem.ts'
import { ChunkedOutput } from './chunked-output.ts'
import type { Output } from './chunked-output.ts'

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

/**
 * Finds out without opening or making anything whether a file can be written that somebody else will open.
 *
 * @throws {FanfoldError} `FANFOLD_BAD_OPTION`
 */
export async function checkWritable(option: string, path: string): Promise<void> {
  try {
    const stats = await stat(path).catch(() => undefined)
    if (stats?.isDirectory()) throw Object.assign(new Error('it is a folder'), { code: 'EISDIR' })
    // The dot, so that a file is not taken for a folder.
    await access(`${dirname(resolve(path))}/.`, constants.W_OK)
  } catch (error) {
    throw badUsage(`${option} '${path}' cannot be written: ${whyUnwritable(error)}.`, error)
  }
}

/** What the user can do something about, said so. */
export function whyUnwritable(error: unknown): string {
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
  return new ChunkedOutput({
    name: path,
    write: async (bytes) => {
      await (emptied ??= empty(file))
      await writeFully(file.fd, bytes, null)
    },
    close: async () => {
      await (emptied ??= empty(file))
      await file.close()
    },
    interrupted,
  })
}

/**
 * A pipe is written by the event loop, so that a reader who stops reading holds up neither the main thread nor one of
 * libuv's. A file is written beside the main thread; `process.stdout` would write it synchronously.
 */
export function stdoutOutput(interrupted: AbortSignal): Output {
  const { stdout } = process
  stdout.on('error', () => {}) // the write that failed tells
  const isFile = fstatSync(stdout.fd).isFile()
  const write = isFile
    ? (bytes: Buffer) => writeFully(stdout.fd, bytes, null)
    : (bytes: Buffer) => writeTo(stdout, bytes)
  return new ChunkedOutput({ name: '-', write, close: () => Promise.resolve(), interrupted })
}

function writeTo(stream: NodeJS.WritableStream, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(bytes, (error) => (error ? reject(error) : resolve()))
  })
}

const writeSome = promisify(writeDescriptor)

/** @param position - in the file; `null`: behind what was written last */
export async function writeFully(descriptor: number, bytes: Buffer, position: number | null): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const to = position === null ? null : position + at
    const { bytesWritten } = await writeSome(descriptor, bytes, at, bytes.length - at, to)
    at += bytesWritten
  }
}
