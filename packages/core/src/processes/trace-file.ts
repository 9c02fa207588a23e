import { randomUUID } from 'node:crypto'
import { closeSync, openSync, readSync, unlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FIRST_SLOT } from '@fanfold/workers/protocol'

/**
 * A file in which a child process notes what it is running, to be read when it is dead: the processes share no memory.
 * It has no name any more when the child gets it, so nothing is left behind, whoever dies. What was written is in the
 * system's page cache and survives the process; it need not reach a disk.
 */
export class TraceFile {
  readonly descriptor: number

  constructor() {
    const path = join(tmpdir(), `fanfold-trace-${randomUUID()}`)
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

  close(): void {
    closeSync(this.descriptor)
  }
}

/** None where no file can be made: tasks that end their process are then found by trying ever fewer of them. */
export function openTraceFile(): TraceFile | undefined {
  try {
    return new TraceFile()
  } catch {
    return undefined
  }
}
