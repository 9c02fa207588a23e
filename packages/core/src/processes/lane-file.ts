import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FIRST_SLOT, MAX_SLOTS } from '@fanfold/workers/protocol'

/** Behind the slots: the records of a shard. */
export const RECORDS_AT: number = (FIRST_SLOT + MAX_SLOTS) * Int32Array.BYTES_PER_ELEMENT
/** More than nearly every shard has; what is larger goes through the channel, and does not stay in memory. */
export const MAX_RECORD_BYTES: number = 4 << 20
/** In memory, where there is such a place: then nothing of it is ever written to a disk. */
const FOLDERS = process.platform === 'linux' ? ['/dev/shm', tmpdir] : [tmpdir]

/**
 * What a lane and its child process share in place of memory: a file without a name, so that nothing is left behind,
 * whoever dies. It has two parts, which the process survives in the system's page cache.
 *
 * The *trace*: the child's thread notes what it is running, for the parent to read when the child is dead.
 *
 * The *records* of the one shard that is with the child: the parent writes them before it sends the command, the child
 * reads them before anything else. Through the channel the same bytes are copied several times and arrive in pieces of
 * 64 KB, each of which wakes the child.
 */
export class LaneFile {
  readonly descriptor: number

  constructor(folder: string) {
    const path = join(folder, `fanfold-${crypto.randomUUID()}`)
    this.descriptor = openSync(path, 'wx+', 0o600)
    try {
      unlinkSync(path)
    } catch (error) {
      this.close()
      throw error
    }
  }

  /** Positions that were running, in any of the first `concurrency` slots. */
  running(concurrency: number): number[] {
    const slots = new Int32Array(concurrency) // a slot that was never written reads as 0
    readSync(this.descriptor, slots, 0, slots.byteLength, FIRST_SLOT * Int32Array.BYTES_PER_ELEMENT)
    return [...slots].filter((value) => value > 0).map((value) => value - 1)
  }

  /** Whether the records are there now, whole: a full disk is no error, there is another way for them. */
  put(records: Uint8Array): boolean {
    if (records.length > MAX_RECORD_BYTES) return false
    try {
      return writeSync(this.descriptor, records, 0, records.length, RECORDS_AT) === records.length
    } catch {
      return false
    }
  }

  close(): void {
    closeSync(this.descriptor)
  }
}

/** None where no file can be made: what ends a process is then found by trying ever less, and records use the channel. */
export function openLaneFile(): LaneFile | undefined {
  for (const folder of FOLDERS) {
    try {
      return new LaneFile(typeof folder === 'string' ? folder : folder())
    } catch {
      // Perhaps the next one.
    }
  }
  return undefined
}
