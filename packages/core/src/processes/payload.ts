import { serialisePlain } from '@fanfold/workers/protocol'
import type { SerialisedPayload, TextPayload } from '@fanfold/workers/protocol'
import type { Work } from '../backend.ts'
import { withoutGaps } from '../threads/unsendable.ts'
import { serialiseForProcess } from './crossing.ts'

/** Records as bytes. */
export type BytesPayload = TextPayload | SerialisedPayload

/**
 * A shard's records as they travel to a process: text as it is, all else as bytes that only the verifier's thread opens.
 * Text pays nothing for the check of what can cross.
 *
 * @throws {Error} when an item cannot be sent.
 */
export function payloadForProcess(work: Work): BytesPayload {
  const payload = withoutGaps(work)
  switch (payload.kind) {
    case 'text':
    case 'serialised':
      return payload
    case 'items':
      return { kind: 'serialised', bytes: serialiseForProcess(payload) }
    case 'numbers':
    case 'files':
      return { kind: 'serialised', bytes: serialisePlain(payload) }
  }
}
