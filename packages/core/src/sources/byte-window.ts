import { Buffer } from 'node:buffer'
import type { Lease } from './block-memory.ts'
import type { Block } from './byte-input.ts'

const EMPTY = Buffer.alloc(0)
const LEAST_CAPACITY = 64 * 1024
/**
 * A shard that holds this much of a buffer may be a view of it; a smaller one would keep more alive than it counts. Shards
 * of one block are let go of nearly together, and then what is alive is what they count.
 */
const VIEW_SHARE = 0.2

/** The bytes that were read and not cut off yet. */
export class ByteWindow {
  /** Positions are counted in these. */
  bytes: Buffer = EMPTY
  #buffer: Buffer = EMPTY
  /** The buffer's, when it is a block's. */
  #lease: Lease | undefined
  /** A view of the buffer was given away, so that only bytes behind the window may be written. */
  #shared = false
  /** As much of what is left goes in front of the next block, if that is like the latest; of more, all is copied. */
  headroom: number | undefined

  /**
   * Adds a block. Of the bytes before it, those from `keepFrom` stay.
   *
   * @returns by how much positions have moved
   */
  append(block: Block, keepFrom: number): number {
    const kept = this.bytes.subarray(keepFrom)
    const { data, headroom, lease } = block
    this.headroom = headroom
    if (headroom !== undefined && kept.length <= headroom) {
      const offset = data.byteOffset - kept.length
      this.#buffer = Buffer.from(data.buffer, data.byteOffset - headroom, headroom + data.length)
      this.#shared = false
      this.bytes = Buffer.from(data.buffer, offset, kept.length + data.length)
      kept.copy(this.bytes)
      this.#lease?.release()
      this.#lease = lease
      return -keepFrom
    }
    const delta = this.#copyIn(data, kept, keepFrom)
    lease?.release()
    return delta
  }

  #copyIn(data: Buffer, kept: Buffer, keepFrom: number): number {
    const length = kept.length + data.length
    const start = kept.byteOffset - this.#buffer.byteOffset
    if (start + length <= this.#buffer.length) {
      data.copy(this.#buffer, start + kept.length)
      this.bytes = this.#buffer.subarray(start, start + length)
      return -keepFrom
    }
    let target = this.#buffer
    // At least doubled, so that a long record which comes in many blocks is copied a few times only.
    if (this.#shared || 2 * length > target.length)
      target = Buffer.allocUnsafeSlow(Math.max(LEAST_CAPACITY, 2 * length))
    kept.copy(target)
    data.copy(target, kept.length)
    if (target !== this.#buffer) {
      this.#shared = false
      this.#lease?.release()
      this.#lease = undefined
    }
    this.#buffer = target
    this.bytes = target.subarray(0, length)
    return -keepFrom
  }

  /** Bytes for a shard to own; the window does not write to them any more. With a lease, until that is released. */
  take(start: number, end: number): { readonly bytes: Buffer; readonly lease: Lease | undefined } {
    const bytes = this.bytes.subarray(start, end)
    if (bytes.length < VIEW_SHARE * this.#buffer.length) {
      const own = Buffer.allocUnsafeSlow(bytes.length)
      bytes.copy(own)
      return { bytes: own, lease: undefined }
    }
    this.#shared = true
    return { bytes, lease: this.#lease?.retain() }
  }

  /** Forgets everything, between two inputs. */
  clear(): void {
    this.bytes = EMPTY
    this.#buffer = EMPTY
    this.#lease?.release()
    this.#lease = undefined
    this.#shared = false
  }
}
