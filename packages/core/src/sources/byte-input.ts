import type { Buffer } from 'node:buffer'
import type { Lease } from './block-memory.ts'

/** Bytes as an input gives them. */
export interface Block {
  readonly data: Buffer
  /**
   * Bytes free in front of `data`, in memory that whoever takes the block may keep and write to. `undefined`: the
   * memory is someone else's, and has to be copied.
   */
  readonly headroom: number | undefined
  /** What `data` lies in, when it is to be used again; whoever takes the block releases it. */
  readonly lease?: Lease
}

/** One input of a text source: a path or a stream. */
export interface ByteInput {
  /** As given; `undefined` for a stream. */
  readonly name: string | undefined
  /** In bytes, when it is known before reading. */
  readonly size: number | undefined
  /** Whether bytes come as fast as they are asked for; otherwise what is there is handed out rather than waited with. */
  readonly prompt: boolean
  /** The next bytes, `undefined` at the end. Not called again before it has settled, nor after the end. */
  read(): Promise<Block | undefined>
  /** Lets go of handles; does not wait. A pending `read()` may settle in any way, or never. */
  close(): void
}
