/** Appends a frame to the file that is named, and ends without closing anything. */
import { openSync, writeSync } from 'node:fs'
import { JournalWriter } from '../journal-writer.ts'
import { HEADER } from './written.ts'

const descriptor = openSync(process.argv[2]!, 'r+')
const writer = new JournalWriter(
  {
    write: async (bytes, offset, length, position) => ({
      bytesWritten: writeSync(descriptor, bytes, offset, length, position),
    }),
    datasync: () => Promise.reject(new Error('it stayed for a second')),
    close: async () => {},
  },
  process.argv[2]!,
  { bytes: 0, frames: 0 },
  () => process.exit(1),
)
await writer.append(HEADER)
