import { createHash, randomUUID } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { buildLmdbCustomers } from './databases/customers-lmdb.ts'
import { buildDoNotMailList } from './databases/do-not-mail.ts'
import { databasePaths } from './databases/paths.ts'
import { buildPostalReference } from './databases/postal-reference.ts'

export interface BuildOptions {
  /** Where to build; the example's own folder by default. */
  readonly folder?: string
  /** A Postgres to fill with the customers too; none by default. */
  readonly databaseUrl?: string
}

/** What was built: nothing, when all was there and up to date. */
export interface BuildResult {
  readonly files: boolean
  readonly postgres: boolean
}

/**
 * Builds the databases that are absent or out of date.
 * Everything is made in a folder beside the final one, which is renamed when it is whole: who opens the databases
 * sees all of them or none, and an interrupted build leaves nothing that is taken for a database.
 */
export async function ensureDatabases({ folder, databaseUrl }: BuildOptions = {}): Promise<BuildResult> {
  const target = databasePaths(folder)
  const stamp = currentStamp()
  const files = !isUpToDate(target.stamp, stamp)
  if (files) await buildFiles(target.folder, stamp)
  if (databaseUrl === undefined || databaseUrl === '') return { files, postgres: false }
  const [{ buildPostgresCustomers }, { customers }] = await Promise.all([
    import('./databases/customers-postgres.ts'),
    import('./mailing/mailing.ts'),
  ])
  return { files, postgres: await buildPostgresCustomers(databaseUrl, customers, stamp) }
}

async function buildFiles(folder: string, stamp: string): Promise<void> {
  // Loaded only here: reading both sources takes longer than a run's start with databases that are there.
  const [{ customers, doNotMail }, { postcodePlaces, realAddresses }] = await Promise.all([
    import('./mailing/mailing.ts'),
    import('./real-addresses.ts'),
  ])
  removeAbandonedBuilds(folder)
  const building = databasePaths(`${folder}.building-${process.pid}-${randomUUID()}`)
  mkdirSync(building.folder, { recursive: true })
  buildPostalReference(building.postalReference, postcodePlaces, realAddresses)
  await buildLmdbCustomers(building.customers, customers)
  await buildDoNotMailList(building.doNotMail, doNotMail)
  writeFileSync(building.stamp, stamp)
  replace(building.folder, folder, stamp)
}

/** Threads that still have the former files open keep reading them: a rename does not touch what is open. */
function replace(building: string, folder: string, stamp: string): void {
  const former = `${building}-former`
  try {
    if (isUpToDate(databasePaths(folder).stamp, stamp)) return
    if (existsSync(folder)) renameSync(folder, former)
    renameSync(building, folder)
  } catch (cause) {
    // Another process was faster. What it put there is as good as ours.
    if (!isUpToDate(databasePaths(folder).stamp, stamp))
      throw new Error(`Could not put the databases at ${folder}.`, { cause })
  } finally {
    rmSync(building, { recursive: true, force: true })
    rmSync(former, { recursive: true, force: true })
  }
}

/** What a build that was killed left beside the folder. */
function removeAbandonedBuilds(folder: string): void {
  const beginning = `${basename(folder)}.building-`
  mkdirSync(dirname(folder), { recursive: true })
  for (const name of readdirSync(dirname(folder))) {
    const pid = Number.parseInt(name.slice(beginning.length), 10)
    if (name.startsWith(beginning) && !isAlive(pid))
      rmSync(join(dirname(folder), name), { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

function isUpToDate(path: string, stamp: string): boolean {
  return existsSync(path) && readFileSync(path, 'utf8') === stamp
}

/** Changes with the sources, and with any line of this example: nobody has to remember a version number. */
function currentStamp(): string {
  const hash = createHash('sha256')
  const { resolve } = createRequire(import.meta.url)
  for (const source of ['rrad', 'zipcodes']) hash.update(readFileSync(resolve(`${source}/package.json`)))
  for (const file of globSync('**/*.ts', { cwd: import.meta.dirname }).toSorted())
    hash.update(readFileSync(join(import.meta.dirname, file)))
  return hash.digest('hex').slice(0, 16)
}
