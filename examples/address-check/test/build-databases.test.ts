import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ensureDatabases } from '../src/build-databases.ts'
import { openLmdbCustomers } from '../src/databases/customers-lmdb.ts'
import { readDoNotMailList } from '../src/databases/do-not-mail.ts'
import { databasePaths, type DatabasePaths } from '../src/databases/paths.ts'
import { customers, doNotMail } from '../src/mailing/mailing.ts'

let scratch: string

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'address-check-build-'))
})
afterEach(() => rmSync(scratch, { recursive: true, force: true }))

async function customersIn(paths: DatabasePaths): Promise<unknown[]> {
  const store = openLmdbCustomers(paths.customers)
  const all = await Promise.all(customers.map(async ({ id }) => (await store.find(id, '')).customer))
  await store.close()
  return all
}

describe('building the databases', { timeout: 60_000 }, () => {
  it('gives the same databases every time', async () => {
    const [one, two] = [databasePaths(join(scratch, 'one')), databasePaths(join(scratch, 'two'))]
    await ensureDatabases({ folder: one.folder })
    await ensureDatabases({ folder: two.folder })
    expect(readFileSync(one.postalReference).equals(readFileSync(two.postalReference))).toBe(true)
    expect(readFileSync(one.doNotMail).equals(readFileSync(two.doNotMail))).toBe(true)
    expect(await customersIn(one)).toEqual(await customersIn(two))
  })

  it('leaves databases alone that are up to date', async () => {
    const { folder, postalReference } = databasePaths(join(scratch, 'databases'))
    expect(await ensureDatabases({ folder })).toEqual({ files: true, postgres: false })
    const before = statSync(postalReference)
    expect(await ensureDatabases({ folder })).toEqual({ files: false, postgres: false })
    expect(statSync(postalReference).ino).toBe(before.ino)
  })

  it('replaces databases with another stamp', async () => {
    const { folder, stamp } = databasePaths(join(scratch, 'databases'))
    await ensureDatabases({ folder })
    writeFileSync(stamp, 'of another version')
    expect((await ensureDatabases({ folder })).files).toBe(true)
    expect(readdirSync(scratch)).toEqual(['databases'])
  })

  it('takes nothing from a build that was killed, and removes it', async () => {
    const paths = databasePaths(join(scratch, 'databases'))
    const child = spawn(process.execPath, ['-e', ''])
    await once(child, 'exit')
    const abandoned = `${paths.folder}.building-${child.pid}`
    mkdirSync(abandoned)
    writeFileSync(databasePaths(abandoned).postalReference, 'half a database')
    mkdirSync(paths.folder)
    writeFileSync(paths.postalReference, 'half a database, without a stamp')
    expect((await ensureDatabases({ folder: paths.folder })).files).toBe(true)
    expect(existsSync(abandoned)).toBe(false)
    expect(statSync(paths.postalReference).size).toBeGreaterThan(1_000_000)
  })

  it('is done once when two processes begin at the same time', async () => {
    const folder = join(scratch, 'databases')
    const program = `await (await import(${JSON.stringify(join(import.meta.dirname, '../src/build-databases.ts'))})).ensureDatabases({ folder: ${JSON.stringify(folder)} })`
    const children = [1, 2].map(() =>
      spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'inherit' }),
    )
    const codes = await Promise.all(children.map((child) => once(child, 'exit')))
    expect(codes.map(([code]) => code)).toEqual([0, 0])
    expect(readdirSync(scratch)).toEqual(['databases'])
    expect((await ensureDatabases({ folder })).files).toBe(false)
  })
})

describe('the do-not-mail list', () => {
  it('holds who objected, and not who took it back', async () => {
    const paths = databasePaths(join(scratch, 'databases'))
    await ensureDatabases({ folder: paths.folder })
    const resumed = new Set(doNotMail.filter(({ wish }) => wish === 'resume').map(({ customerId }) => customerId))
    const wanted = doNotMail.map(({ customerId }) => customerId).filter((id) => !resumed.has(id))
    expect(resumed.size).toBeGreaterThan(0)
    expect([...(await readDoNotMailList(paths.doNotMail))].toSorted()).toEqual(wanted.toSorted())
  })
})
