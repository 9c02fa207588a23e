import type { CustomerStore } from './customer-store.ts'

export type { CustomerStore }

/**
 * The customers in the LMDB store at `path`, or in Postgres when there is a URL. Only the store that is used is loaded: a
 * thread without Postgres never reads its driver.
 */
export async function openCustomers(path: string, databaseUrl: string): Promise<CustomerStore> {
  if (databaseUrl === '') return (await import('./customers-lmdb.ts')).openLmdbCustomers(path)
  return (await import('./customers-postgres.ts')).openPostgresCustomers(databaseUrl)
}
