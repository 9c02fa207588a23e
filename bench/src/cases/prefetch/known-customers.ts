import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { benchFile } from '../../bench-folder.ts'

/** Customers in the database; every tenth number is nobody's. */
const CUSTOMERS = 200_000
const UNKNOWN_EVERY = 10

export function databasePath(): string {
  return benchFile(`customers-${CUSTOMERS}.sqlite`)
}

/** A table of customers, once for all sides. */
export function makeDatabase(): void {
  const path = databasePath()
  if (existsSync(path)) return
  const database = new DatabaseSync(path)
  database.exec('create table customers (id integer primary key, name text)')
  database.exec('begin')
  const insert = database.prepare('insert into customers values (?, ?)')
  for (let id = 0; id < CUSTOMERS; id++) if (id % UNKNOWN_EVERY !== 0) insert.run(id, `customer ${id}`)
  database.exec('commit')
  database.close()
}

/** Ids in an order of their own, the same each time. */
export function makeIds(count: number): number[] {
  return Array.from({ length: count }, (_, i) => (i * 7_919) % CUSTOMERS)
}

export function expectedFails(count: number): number {
  return makeIds(count).filter((id) => id % UNKNOWN_EVERY === 0).length
}
