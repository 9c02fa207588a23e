import { setTimeout } from 'node:timers/promises'
import { defineVerifier, flag, pass } from '@fanfold/workers'
import { areaOf } from 'fanfold-example-address-check/address'
import type { AddressRecord } from 'fanfold-example-address-check/address'
import { checkCustomer } from 'fanfold-example-address-check/checks/customer'
import { openCustomers } from 'fanfold-example-address-check/databases/customers'
import type { CustomerStore } from 'fanfold-example-address-check/databases/customers'
import { streetKey } from 'fanfold-example-address-check/matching/normalise'
import { databases } from '../databases.ts'

/** The store answers at once; this is how long one would take that is far away. */
const ANSWER_MS = 100

/** Is the customer on file, and at home there? LMDB, or Postgres when there is a `DATABASE_URL`. Slow. */
export const crm = defineVerifier<AddressRecord, unknown, CustomerStore>({
  setup: () => openCustomers(databases.customers, process.env['DATABASE_URL'] ?? ''),

  async verify(record, { state: customers, limit }) {
    const found = await limit('crm', async (signal) => {
      await setTimeout(ANSWER_MS, undefined, { signal })
      return customers.find(record.customerId, areaOf(record.postcode))
    })
    const { issues } = checkCustomer(record, streetKey(record.street), found)
    return issues.length === 0 ? pass() : flag(issues)
  },

  teardown: (customers) => customers.close(),
})
