import type { AddressRecord } from '../address.ts'
import type { PostalReference } from '../databases/postal-reference.ts'
import { kilometres } from '../matching/distance.ts'
import { cityKey, streetKey } from '../matching/normalise.ts'
import { edits } from '../matching/similarity.ts'

/** A typing error changes one or two digits; more than that is a guess, and a guess is no suggestion. */
const MOST_WRONG_DIGITS = 2

/**
 * The postcode that was probably meant, by what the rest of the address says: first the postcodes around the
 * coordinates that have this very street, then those of the city; among them the one with the fewest wrong
 * digits, then the nearest.
 */
export function likelyPostcode(record: AddressRecord, reference: PostalReference): string | undefined {
  const { key } = streetKey(record.street)
  return (
    fewestWrongDigits(
      record.postcode,
      reference.postcodesOfStreet(key, record).filter((postcode) => postcode !== record.postcode),
    ) ?? fewestWrongDigits(record.postcode, nearestOfCity(record, reference))
  )
}

function nearestOfCity(record: AddressRecord, reference: PostalReference): string[] {
  const wanted = record.city === undefined ? undefined : cityKey(record.city)
  const around = reference
    .placesAround(record)
    .flatMap(({ postcode, city, state, position }) =>
      position !== undefined && state === record.state && (wanted === undefined || cityKey(city) === wanted)
        ? [{ postcode, km: kilometres(record, position) }]
        : [],
    )
  return around.toSorted((left, right) => left.km - right.km).map(({ postcode }) => postcode)
}

/** The first of those with the fewest differences. */
function fewestWrongDigits(written: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined
  let fewest = MOST_WRONG_DIGITS + 1
  for (const candidate of candidates) {
    const wrong = edits(written, candidate)
    if (wrong < fewest) {
      best = candidate
      fewest = wrong
    }
  }
  return best
}
