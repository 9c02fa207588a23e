import { serialisePlain } from '@fanfold/workers/protocol'
import type {
  ByteArraysPayload,
  NumbersPayload,
  SerialisedPayload,
  StringsPayload,
  TextPayload,
} from '@fanfold/workers/protocol'
import type { Work } from '../backend.ts'
import { withoutGaps } from '../threads/unsendable.ts'
import { serialiseForProcess } from './crossing.ts'

/** Records as bytes. */
export type BytesPayload = TextPayload | StringsPayload | ByteArraysPayload | SerialisedPayload

/**
 * A shard's records as they travel to a process: text, strings and byte arrays as they are, all else as bytes that only the verifier's thread opens.
 * They pay nothing for the check of what can cross.
 *
 * @throws {Error} when an item cannot be sent.
 */
export function payloadForProcess(work: Work): BytesPayload {
  const payload = withoutGaps(work)
  switch (payload.kind) {
    case 'text':
    case 'strings':
    case 'byteArrays':
    case 'serialised':
      return payload
    case 'items':
      return { kind: 'serialised', bytes: serialiseForProcess(payload) }
    case 'numbers':
      return { kind: 'serialised', bytes: serialisePlain({ ...payload, numbers: ownNumbers(payload.numbers) }) }
    case 'files':
      return { kind: 'serialised', bytes: serialisePlain(payload) }
  }
}

/** Memory that threads share ends at the process. */
function ownNumbers(numbers: NumbersPayload['numbers']): NumbersPayload['numbers'] {
  const isShared = ArrayBuffer.isView(numbers) && numbers.buffer instanceof SharedArrayBuffer
  return isShared ? Uint8Array.prototype.slice.call(numbers) : numbers // every typed array has this method, and it copies
}
