import { existsSync } from 'node:fs'
import { defineVerifier, fail, flag, pass, type Issue, type Verdict } from '@fanfold/workers'
import { areaOf, malformation, type AddressRecord, type Advice } from './address.ts'
import { checkCustomer } from './checks/customer.ts'
import { together, type Finding } from './checks/finding.ts'
import { checkPlace } from './checks/place.ts'
import { checkStreet } from './checks/street.ts'
import type { CustomerLookup, CustomerStore } from './databases/customer-store.ts'
import { openCustomers } from './databases/customers.ts'
import { databasePaths } from './databases/paths.ts'
import { openPostalReference, type PostalReference } from './databases/postal-reference.ts'
import { readDoNotMailList } from './databases/do-not-mail.ts'
import { streetKey } from './matching/normalise.ts'

/** The verifier's configuration; `{}` does. */
export interface Config {
  /** The folder that `build-databases.ts` filled; the example's own by default. */
  readonly databases?: string
  /** A Postgres that holds the customers; by default `DATABASE_URL`, else the LMDB store of the folder. `''` insists on LMDB. */
  readonly databaseUrl?: string
}

/** What each thread holds open. */
export interface State {
  readonly reference: PostalReference
  readonly customers: CustomerStore
  readonly doNotMail: ReadonlySet<string>
}

export default defineVerifier<AddressRecord, Config, State, Advice>({
  async setup({ config }) {
    const paths = databasePaths(config.databases)
    if (!existsSync(paths.stamp))
      throw new Error(`There are no databases in ${paths.folder}: \`npm start\` builds them.`)
    // The parser builds its expressions when it is first used, in 60 ms: now, not in the first address's time.
    streetKey('1 Main Street')
    const doNotMail = await readDoNotMailList(paths.doNotMail)
    const customers = await openCustomers(paths.customers, config.databaseUrl ?? process.env['DATABASE_URL'] ?? '')
    return { reference: openPostalReference(paths.postalReference), customers, doNotMail }
  },

  verify(record, { state }) {
    const malformed = malformation(record)
    if (malformed !== undefined) return fail([malformed])
    if (record.street === '' && (record.city === undefined || record.city === '')) {
      return fail([{ reason: 'undeliverable', message: 'Neither street nor city.' }])
    }
    const key = streetKey(record.street)
    const place = checkPlace(record, state.reference)
    const street = checkStreet(record, key, place.postcode, state.reference)
    const judge = (found: CustomerLookup): Verdict<Advice> =>
      verdictOf(state.doNotMail.has(record.customerId), checkCustomer(record, key, found), place, street)
    const found = state.customers.find(record.customerId, areaOf(place.postcode))
    return found instanceof Promise ? found.then(judge) : judge(found)
  },

  async teardown({ reference, customers }) {
    reference.close()
    await customers.close()
  },
})

const NOT_WANTED: Issue = { reason: 'do-not-mail', path: '/customerId', message: 'The customer wants no mail.' }

/** The most serious first: it is the outcome's reason. */
function verdictOf(unwanted: boolean, customer: Finding, place: Finding, street: Finding): Verdict<Advice> {
  const { issues, advice } = together([{ issues: unwanted ? [NOT_WANTED] : [], advice: {} }, customer, place, street])
  const value = Object.keys(advice).length === 0 ? undefined : advice
  if (issues.length === 0) return value === undefined ? pass() : pass(value)
  // A letter to nobody we know: there is nothing a person could decide.
  const nobody =
    issues.some(({ reason }) => reason === 'unknown-customer') && advice.suggestion?.customerId === undefined
  return nobody ? fail(issues, value) : flag(issues, value)
}
