/** Verifies 100,000 payments against an SQLite file that every thread reads through its own connection. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Engine, verifierAt } from '@fanfold/core'
import type { Payment } from './verify-payment.ts'

const ACCOUNTS = 1_000

const folder = mkdtempSync(join(tmpdir(), 'fanfold-example-'))
const accounts = join(folder, 'accounts.sqlite')
fillAccounts(accounts)
const engine = new Engine()
try {
  const verifier = verifierAt<typeof import('./verify-payment.ts')>(new URL('./verify-payment.ts', import.meta.url))
  const { total, threads, verdicts, reasons } = await engine
    .run(verifier, payments(100_000), { config: { accounts } })
    .report()
  console.log(`${total} payments on ${threads} threads`)
  console.log(`${verdicts.pass} pass, ${verdicts.flag} flag, ${verdicts.fail} fail`)
  console.log(reasons)
} finally {
  await engine.close() // tears the verifier down in every thread, so that the file is free
  rmSync(folder, { recursive: true })
}

function fillAccounts(path: string): void {
  const database = new DatabaseSync(path)
  database.exec('CREATE TABLE account (id TEXT PRIMARY KEY, cents INTEGER NOT NULL); BEGIN')
  const insert = database.prepare('INSERT INTO account VALUES (?, ?)')
  for (let n = 0; n < ACCOUNTS; n++) insert.run(`a-${n}`, n * 100)
  database.exec('COMMIT')
  database.close()
}

/** One in 1,001 is of an account that nobody has; the others ask for 5.00. */
function* payments(count: number): Generator<Payment> {
  for (let n = 0; n < count; n++) yield { account: `a-${n % (ACCOUNTS + 1)}`, cents: 500 }
}
