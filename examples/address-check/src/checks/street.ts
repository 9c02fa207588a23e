import type { Issue } from '@fanfold/workers'
import { areaOf, type AddressRecord } from '../address.ts'
import type { PostalReference, Street } from '../databases/postal-reference.ts'
import type { StreetKey } from '../matching/normalise.ts'
import { isSlip, wordsSimilarity } from '../matching/similarity.ts'
import { splitStreet } from '../matching/normalise.ts'
import type { Finding } from './finding.ts'

/**
 * Whether the street is there, and spelt as the reference spells it.
 * A street that the reference does not know, and that resembles none it knows, is no finding: no list of streets is complete.
 */
export function checkStreet(
  record: AddressRecord,
  key: StreetKey,
  postcode: string,
  reference: PostalReference,
): Finding {
  const issues: Issue[] = []
  if (key.words.length === 0)
    return { issues: [{ reason: 'missing-street', path: '/street', message: 'There is no street.' }], advice: {} }
  if (key.number === undefined)
    issues.push({ reason: 'missing-house-number', path: '/street', message: `${record.street} has no house number.` })

  const area = areaOf(postcode)
  if (reference.street(area, key.key) !== undefined) return { issues, advice: {} }
  const meant = mostSimilar(key, postcode, reference.streetsIn(area))
  if (meant === undefined) return { issues, advice: {} }
  const { number } = splitStreet(record.street)
  issues.unshift({
    reason: 'probable-misspelling',
    path: '/street',
    message: `${record.street}: probably ${meant.name}.`,
  })
  return { issues, advice: { suggestion: { street: number === undefined ? meant.name : `${number} ${meant.name}` } } }
}

/** The street of the area that was meant, if one is within a slip of the pen; one of the same postcode before others. */
function mostSimilar(key: StreetKey, postcode: string, streets: readonly Street[]): Street | undefined {
  const written = key.words.join(' ')
  const ending = key.key.slice(written.length)
  let best: Street | undefined
  let highest = 0
  for (const street of streets) {
    const name = street.words.join(' ')
    // Elm Street and Elm Court are two streets: only the name may differ.
    if (street.key.slice(name.length) !== ending) continue
    const similarity = wordsSimilarity(key.words, street.words) + (street.postcode === postcode ? 0.05 : 0)
    if (similarity > highest && isSlip(written, name)) {
      best = street
      highest = similarity
    }
  }
  return best
}
