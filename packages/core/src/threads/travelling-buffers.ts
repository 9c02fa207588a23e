import type { RunShard, ShardPayload } from '@fanfold/workers/protocol'
import { packShard } from '@fanfold/workers/small-messages'
import type { Packed } from '@fanfold/workers/small-messages'
import type { Work } from '../backend.ts'
import { withoutGaps } from './unsendable.ts'

/** Enough for nearly every shard. */
const USUAL_BYTES = 1 << 20
/** A buffer that a giant record needed is not kept, bytes. */
const KEPT_BYTES = 4 << 20

/** So many shards are with a thread at once. */
const MOST = 2

/**
 * What a lane's shards travel in. A shard keeps its bytes, since the thread may die, and what goes there is a copy; its
 * buffer comes back with the shard's end, for fresh memory costs more than the copying.
 */
export class TravellingBuffers {
  readonly #kept: ArrayBuffer[] = []

  /** What takes work to a thread, and what is moved there with it. */
  messageFor(
    work: Work,
    gate: number,
    traceFile: number | undefined,
  ): { readonly message: RunShard | Packed; readonly moved: readonly ArrayBuffer[] } {
    const { lane: _lane, transfer, ...rest } = work
    const payload = this.#copyOf(withoutGaps(work))
    const moved = 'bytes' in payload ? movable(payload.bytes.buffer) : transfer
    return { message: packShard({ type: 'shard', ...rest, payload, gate, traceFile }), moved }
  }

  /** The payload with bytes that may be moved, if it has any that are not shared anyway. */
  #copyOf(payload: ShardPayload): ShardPayload {
    if (!('bytes' in payload)) return payload
    const { bytes } = payload
    if (bytes.buffer instanceof SharedArrayBuffer) return payload
    const kept = this.#kept.pop()
    const buffer = kept !== undefined && kept.byteLength >= bytes.length ? kept : newBuffer(bytes.length)
    const copy = new Uint8Array(buffer, 0, bytes.length)
    copy.set(bytes)
    return { ...payload, bytes: copy }
  }

  cameBack(buffer: ArrayBuffer | undefined): void {
    if (buffer === undefined || buffer.byteLength > KEPT_BYTES || this.#kept.length === MOST) return
    this.#kept.push(buffer)
  }
}

function newBuffer(bytes: number): ArrayBuffer {
  // Not zeroed first, and not from Node's pool, which cannot be moved.
  return Buffer.allocUnsafeSlow(Math.max(bytes, USUAL_BYTES)).buffer
}

/** What is shared stays where it is. */
function movable(buffer: ArrayBufferLike): ArrayBuffer[] {
  return buffer instanceof ArrayBuffer ? [buffer] : []
}
