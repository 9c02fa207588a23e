import { join } from 'node:path'

/** The example's own folder for what it builds; in `.gitignore`. */
export const EXAMPLE_FOLDER: string = join(import.meta.dirname, '../../.data')

export interface DatabasePaths {
  readonly folder: string
  readonly postalReference: string
  readonly customers: string
  readonly doNotMail: string
  readonly stamp: string
}

export function databasePaths(folder: string = join(EXAMPLE_FOLDER, 'databases')): DatabasePaths {
  return {
    folder,
    postalReference: join(folder, 'postal-reference.sqlite'),
    customers: join(folder, 'customers.lmdb'),
    doNotMail: join(folder, 'do-not-mail.parquet'),
    stamp: join(folder, 'stamp'),
  }
}
