import { join } from 'node:path'
import { ensureDatabases } from 'fanfold-example-address-check/build-databases'
import { writeMailing } from 'fanfold-example-address-check/export'
import { consentIs, databases, folder } from './databases.ts'

const CUSTOMERS = 200

/** Builds what is absent or out of date, and writes the customers, the same every time. Resolves to their file's path. */
export async function build(): Promise<string> {
  consentIs('up')
  await ensureDatabases({ folder: databases.folder, databaseUrl: process.env['DATABASE_URL'] ?? '' })
  return writeMailing(CUSTOMERS, join(folder, 'customers.ndjson'))
}
