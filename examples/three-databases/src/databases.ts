import { existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { databasePaths } from 'fanfold-example-address-check/databases/paths'

/** Where all is that the example writes; in `.gitignore`. */
export const folder = join(import.meta.dirname, '../.data')
/** Those of the example `address-check`, built here. */
export const databases = databasePaths(join(folder, 'databases'))
const outOfReach = `${databases.doNotMail}.down`

/** Takes the consent list away from everybody who asks it, as a share that is not mounted; or gives it back. */
export function consentIs(state: 'up' | 'down'): void {
  const [from, to] = state === 'down' ? [databases.doNotMail, outOfReach] : [outOfReach, databases.doNotMail]
  if (existsSync(from)) renameSync(from, to)
}
