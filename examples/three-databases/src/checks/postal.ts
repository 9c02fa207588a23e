import { defineVerifier, flag, pass } from '@fanfold/workers'
import type { AddressRecord } from 'fanfold-example-address-check/address'
import { checkPlace } from 'fanfold-example-address-check/checks/place'
import { checkStreet } from 'fanfold-example-address-check/checks/street'
import { openPostalReference } from 'fanfold-example-address-check/databases/postal-reference'
import type { PostalReference } from 'fanfold-example-address-check/databases/postal-reference'
import { streetKey } from 'fanfold-example-address-check/matching/normalise'
import { databases } from '../databases.ts'

/** Do street, city, state and postcode belong together? SQLite. */
export const postal = defineVerifier<AddressRecord, unknown, PostalReference>({
  setup: () => openPostalReference(databases.postalReference),

  verify(record, { state: reference }) {
    const place = checkPlace(record, reference)
    const street = checkStreet(record, streetKey(record.street), place.postcode, reference)
    const issues = [...place.issues, ...street.issues]
    return issues.length === 0 ? pass() : flag(issues)
  },

  teardown: (reference) => reference.close(),
})
