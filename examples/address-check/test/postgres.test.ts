import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ensureDatabases } from '../src/build-databases.ts'
import { buildPostgresCustomers } from '../src/databases/customers-postgres.ts'
import { writeMailing } from '../src/export.ts'
import { checkFannedOut } from '../src/fanned-out.ts'
import { customers } from '../src/mailing/mailing.ts'
import { checkInPlainLoop } from '../src/plain-loop.ts'

const databaseUrl = process.env['DATABASE_URL'] ?? ''

describe.runIf(databaseUrl !== '')('with the customers in Postgres', { timeout: 60_000 }, () => {
  let scratch: string

  beforeAll(() => {
    scratch = mkdtempSync(join(tmpdir(), 'address-check-postgres-'))
  })
  afterAll(() => rmSync(scratch, { recursive: true, force: true }))

  it('finds what is found with LMDB', async () => {
    const folder = join(scratch, 'databases')
    await ensureDatabases({ folder, databaseUrl })
    const file = writeMailing(500, join(scratch, 'addresses.ndjson'))
    const [embedded] = await checkInPlainLoop(file, { databases: folder, databaseUrl: '' }, 1)
    const [served] = await checkInPlainLoop(file, { databases: folder, databaseUrl }, 1)
    const [fanned] = await checkFannedOut(file, { databases: folder, databaseUrl }, 1)
    expect(embedded?.judgements).toHaveLength(500)
    expect(served?.judgements).toEqual(embedded?.judgements)
    expect(fanned?.judgements).toEqual(embedded?.judgements)
  })

  it('fills the table once a stamp, also when two begin at the same time', async () => {
    const stamp = `test-${process.pid}`
    const done = await Promise.all([1, 2].map(() => buildPostgresCustomers(databaseUrl, customers, stamp)))
    expect(new Set(done)).toEqual(new Set([true, false]))
    expect(await buildPostgresCustomers(databaseUrl, customers, stamp)).toBe(false)
    const client = new pg.Client({ connectionString: databaseUrl })
    await client.connect()
    const { rows } = await client.query<{ count: string }>('select count(*) from fanfold_example_customers')
    await client.end()
    expect(rows).toEqual([{ count: String(customers.length) }])
  })
})
