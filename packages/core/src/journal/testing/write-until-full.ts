/** Appends frames to the file that is named until that fails, and says how. */
import { open } from 'node:fs/promises'
import { JournalWriter } from '../journal-writer.ts'
import { settled } from './written.ts'

const path = process.argv[2]!
const writer = new JournalWriter(await open(path, 'r+'), path, { bytes: 0, frames: 0 }, (error) => {
  console.log(error.code, (error.cause as NodeJS.ErrnoException).code)
})
while (writer.failure === undefined) await writer.append(settled([0, 1]))
await writer.close()
