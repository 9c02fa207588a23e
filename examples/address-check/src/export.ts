import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { EXAMPLE_FOLDER } from './databases/paths.ts'
import { mailing } from './mailing/mailing.ts'

/** Where the mailing lies as a file, as a company would have it. */
const MAILING_FILE = join(EXAMPLE_FOLDER, 'addresses.ndjson')

/** Writes the first records of the mailing as NDJSON, one record a line, and returns the path. Leaves a file that is right alone. */
export function writeMailing(records: number, path: string = MAILING_FILE): string {
  const text = mailing.slice(0, records).map((record) => `${JSON.stringify(record)}\n`)
  const content = text.join('')
  if (existsSync(path) && readFileSync(path, 'utf8') === content) return path
  mkdirSync(dirname(path), { recursive: true })
  // Renamed when whole: a reader never sees half a record.
  writeFileSync(`${path}.${process.pid}`, content)
  renameSync(`${path}.${process.pid}`, path)
  return path
}
