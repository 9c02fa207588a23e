import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import { open, stat } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { unreadableInput } from './file-input.ts'
import type { PathLike } from './file-input.ts'
import type { InputIdentity } from './shard.ts'

/** Of each end of a file. Reading all of 100 GB to see whether it is the same would take longer than many a run. */
const END_BYTES = 64 * 1024

/**
 * How these files are known again, in order; `undefined` when one of them is no regular file, or when there are none.
 *
 * @throws {FanfoldError} `FANFOLD_SOURCE_UNREADABLE`
 */
export async function inputIdentities(
  paths: readonly PathLike[] | undefined,
): Promise<readonly InputIdentity[] | undefined> {
  const identities: InputIdentity[] = []
  for (const path of paths ?? []) {
    const identity = await identityOf(path)
    if (identity === undefined) return undefined
    identities.push(identity)
  }
  return identities.length === 0 ? undefined : identities
}

async function identityOf(path: PathLike): Promise<InputIdentity | undefined> {
  const name = String(path)
  try {
    const target = typeof path === 'string' ? path : fileURLToPath(path)
    // Before it is opened: a pipe would wait for its writer.
    if (!(await stat(target)).isFile()) return undefined
    const file = await open(target)
    try {
      const { size: bytes } = await file.stat()
      const head = await digest(file, 0, Math.min(bytes, END_BYTES))
      return { name, bytes, head, tail: await digest(file, Math.max(0, bytes - END_BYTES), bytes) }
    } finally {
      await file.close()
    }
  } catch (error) {
    throw unreadableInput(name, error)
  }
}

async function digest(file: FileHandle, from: number, to: number): Promise<string> {
  const bytes = Buffer.alloc(to - from)
  let length = 0
  while (length < bytes.length) {
    const { bytesRead } = await file.read(bytes, length, bytes.length - length, from + length)
    if (bytesRead === 0) break
    length += bytesRead
  }
  return createHash('sha256').update(bytes.subarray(0, length)).digest('hex')
}
