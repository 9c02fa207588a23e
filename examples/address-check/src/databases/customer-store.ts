import { areaOf, type PostalAddress } from '../address.ts'
import { streetKey, wordsOf, type StreetKey } from '../matching/normalise.ts'

/** What the company knows about a customer. */
export interface Customer {
  readonly id: string
  readonly name: string
  readonly current: PostalAddress
  /** Where a customer who moved lived before. */
  readonly previous?: PostalAddress
}

/** A customer with the compared forms, made once when the store is filled: parsing costs more than comparing. */
export interface StoredCustomer extends Customer {
  /** Of the current address: where the customer is found as a neighbour. */
  readonly area: string
  readonly nameWords: readonly string[]
  readonly currentKey: StreetKey
}

/** What one address needs from the store, in one question. */
export interface CustomerLookup {
  readonly customer: StoredCustomer | undefined
  /** Everyone who lives in the area, the customer included. */
  readonly neighbours: readonly StoredCustomer[]
}

/** The port to the customers; one file a database. An embedded store answers at once, a server later. */
export interface CustomerStore {
  find(id: string, area: string): CustomerLookup | Promise<CustomerLookup>
  close(): Promise<void>
}

export function toStoredCustomer(customer: Customer): StoredCustomer {
  const { name, current } = customer
  return {
    ...customer,
    area: areaOf(current.postcode),
    nameWords: wordsOf(name),
    currentKey: streetKey(current.street),
  }
}
