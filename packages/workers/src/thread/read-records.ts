import { deserialisePlain } from '../plain-value.ts'
import type { ShardPayload } from '../protocol.ts'
import { FileRecords } from './file-records.ts'
import { ItemRecords, NumberRecords } from './item-records.ts'
import type { Records } from './record-list.ts'
import { ByteArrayRecords, StringRecords } from './joined-records.ts'
import { CsvRecords, JsonRecords, LineRecords } from './text-records.ts'

/** Opens what was received; parses nothing yet. */
export function readRecords(payload: ShardPayload): Records {
  switch (payload.kind) {
    case 'text':
      switch (payload.format.name) {
        case 'ndjson':
          return new JsonRecords(payload, payload.format)
        case 'lines':
          return new LineRecords(payload)
        case 'csv':
          return new CsvRecords(payload, payload.format)
      }
    case 'strings':
      return new StringRecords(payload)
    case 'byteArrays':
      return new ByteArrayRecords(payload)
    case 'items':
      return new ItemRecords(payload)
    case 'numbers':
      return new NumberRecords(payload)
    case 'files':
      return new FileRecords(payload)
    case 'serialised':
      return readRecords(deserialisePlain(payload.bytes) as ShardPayload) // what the other side has serialised
  }
}
