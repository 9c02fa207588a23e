import type { Issue } from '@fanfold/workers'
import type { AddressRecord, PostalAddress } from '../address.ts'
import type { CustomerLookup, StoredCustomer } from '../databases/customer-store.ts'
import { cityKey, fold, splitStreet, streetKey, wordsOf, type StreetKey } from '../matching/normalise.ts'
import { edits, wordsSimilarity } from '../matching/similarity.ts'
import type { Finding } from './finding.ts'

/** From here on two names are the same person's, misspelt (Jaro-Winkler, word by word). */
const SAME_NAME = 0.9
/** The same for the name of a street. */
const SAME_STREET = 0.9
/**
 * From here on two entries are one person: the weighted sum below. Same house and street: a name with a slip or two.
 * Same name and street: a house number with one wrong digit.
 */
const SAME_PERSON = 0.92
const WEIGHTS = { name: 0.5, street: 0.35, number: 0.15 }

/** Is it the customer we know, still living there, and is nobody else on file the same person? */
export function checkCustomer(
  record: AddressRecord,
  key: StreetKey,
  { customer, neighbours }: CustomerLookup,
): Finding {
  const name = wordsOf(record.name)
  const twin = mostSimilarPerson(record, name, key, neighbours)
  if (customer === undefined) return unknownCustomer(record, twin)

  const named = checkName(record, name, customer)
  const lives = checkResidence(record, key, customer)
  const issues: Issue[] = [...lives.issues, ...named.issues]
  const suggestion = { ...lives.advice.suggestion, ...named.advice.suggestion }
  if (twin !== undefined) {
    issues.push({
      reason: 'possible-duplicate',
      path: '/customerId',
      message: `Also on file as ${twin.id}, ${twin.name}.`,
    })
  }
  return { issues, advice: { suggestion, ...(twin === undefined ? {} : { duplicateOf: twin.id }) } }
}

function unknownCustomer(record: AddressRecord, twin: StoredCustomer | undefined): Finding {
  const message =
    twin === undefined ? `Nobody is on file as ${record.customerId}.` : `${record.name} is on file as ${twin.id}.`
  return {
    issues: [{ reason: 'unknown-customer', path: '/customerId', message }],
    advice: twin === undefined ? {} : { suggestion: { customerId: twin.id } },
  }
}

function checkName(record: AddressRecord, name: readonly string[], customer: StoredCustomer): Finding {
  const similarity = wordsSimilarity(name, customer.nameWords)
  if (similarity === 1) return { issues: [], advice: {} }
  const reason = similarity >= SAME_NAME ? 'probable-misspelling' : 'name-mismatch'
  return {
    issues: [{ reason, path: '/name', message: `${record.customerId} is on file as ${customer.name}.` }],
    advice: { suggestion: { name: customer.name } },
  }
}

function checkResidence(
  record: AddressRecord,
  key: StreetKey,
  { current, previous, currentKey }: StoredCustomer,
): Finding {
  if (isSameAddress(record, key, current, currentKey)) {
    // The record's own house number is what is missing, and the store may have it.
    const suggestsNumber = key.number === undefined && splitStreet(current.street).number !== undefined
    return { issues: [], advice: suggestsNumber ? { suggestion: { street: current.street } } : {} }
  }
  if (previous !== undefined && isSameAddress(record, key, previous, streetKey(previous.street))) {
    const message = `Moved to ${current.street}, ${current.city ?? ''} ${current.state} ${current.postcode}.`
    return { issues: [{ reason: 'moved', message }], advice: { suggestion: { ...current } } }
  }
  const message = `On file: ${current.street}, ${current.city ?? ''} ${current.state} ${current.postcode}.`
  return {
    issues: [{ reason: 'address-not-on-file', path: '/street', message }],
    advice: { suggestion: { ...current } },
  }
}

/** The same house, allowing for what the other checks report: a slip in the street, a wrong city, state or postcode, no number. */
function isSameAddress(record: AddressRecord, key: StreetKey, other: PostalAddress, otherKey: StreetKey): boolean {
  const numbersFit = key.number === undefined || key.number === otherKey.number
  const cityFits = record.city !== undefined && other.city !== undefined && cityKey(record.city) === cityKey(other.city)
  if (!numbersFit || !(cityFits || record.postcode === other.postcode)) return false
  return key.key === otherKey.key || wordsSimilarity(key.words, otherKey.words) >= SAME_STREET
}

/**
 * Record linkage: the entry of the area that is most probably the same person under another number.
 * All fields are weighed together, since each of them may be the misspelt one; so everyone in the area is compared,
 * and nothing is looked up by a field's exact value. This is where most of an address's time goes.
 */
function mostSimilarPerson(
  record: AddressRecord,
  name: readonly string[],
  key: StreetKey,
  neighbours: readonly StoredCustomer[],
): StoredCustomer | undefined {
  let best: StoredCustomer | undefined
  let highest = SAME_PERSON
  for (const neighbour of neighbours) {
    if (neighbour.id === record.customerId || !unitsFit(record.unit, neighbour.current.unit)) continue
    const similarity =
      WEIGHTS.name * wordsSimilarity(name, neighbour.nameWords) +
      WEIGHTS.street * wordsSimilarity(key.words, neighbour.currentKey.words) +
      WEIGHTS.number * numberSimilarity(key.number, neighbour.currentKey.number)
    if (similarity >= highest) {
      best = neighbour
      highest = similarity
    }
  }
  return best
}

function numberSimilarity(left: string | undefined, right: string | undefined): number {
  if (left === right) return 1
  return left !== undefined && right !== undefined && edits(left, right) === 1 ? 0.5 : 0
}

function unitsFit(left: string | undefined, right: string | undefined): boolean {
  return left === undefined || right === undefined || fold(left) === fold(right)
}
