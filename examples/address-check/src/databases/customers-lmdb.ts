import { open } from 'lmdb'
import { toStoredCustomer, type Customer, type CustomerStore, type StoredCustomer } from './customer-store.ts'

/** The two tables of the store: customers by id, and the ids that live in an area. */
function openTables(path: string, readOnly: boolean) {
  const root = open({ path, readOnly, noSubdir: true })
  return {
    root,
    // The field names once for all customers, not in each: half the time of a read.
    customers: root.openDB<StoredCustomer, string>({
      name: 'customers',
      sharedStructuresKey: Symbol.for('structures'),
    }),
    areas: root.openDB<string, string>({ name: 'areas', dupSort: true, encoding: 'ordered-binary' }),
  }
}

export async function buildLmdbCustomers(path: string, customers: readonly Customer[]): Promise<void> {
  const tables = openTables(path, false)
  try {
    tables.root.transactionSync(() => {
      for (const customer of customers) {
        const stored = toStoredCustomer(customer)
        tables.customers.putSync(stored.id, stored)
        tables.areas.putSync(stored.area, stored.id)
      }
    })
  } finally {
    await tables.root.close()
  }
}

/** Opens the store for reading; LMDB lets any number of threads and processes read one file without a lock. */
export function openLmdbCustomers(path: string): CustomerStore {
  const { root, customers, areas } = openTables(path, true)
  return {
    find(id, area) {
      const neighbours: StoredCustomer[] = []
      for (const neighbour of areas.getValues(area)) {
        const stored = customers.get(neighbour)
        if (stored !== undefined) neighbours.push(stored)
      }
      return { customer: customers.get(id), neighbours }
    },
    close: () => root.close(),
  }
}
