import type { AddressRecord, Correction } from '../address.ts'
import type { Customer } from '../databases/customer-store.ts'
import type { DoNotMailEntry } from '../databases/do-not-mail.ts'
import { kilometres } from '../matching/distance.ts'
import { splitStreet } from '../matching/normalise.ts'
import { postcodePlaces, realAddresses, type PostcodePlace, type RealAddress } from '../real-addresses.ts'
import { seededRandom, type SeededRandom } from '../seeded-random.ts'
import { addressDefects } from './address-defects.ts'
import { customerDefects } from './customer-defects.ts'
import type { Draft, Expectation, World } from './draft.ts'
import { inventName } from './people.ts'

/** A defect in its place. */
export interface Planted extends Expectation {
  readonly kind: string
}

/** One record in so many gets a defect (or a variation that must pass). */
const EVERY = 12
const SEED = 20_260_914
const places = new Map(postcodePlaces.map((place) => [place.postcode, place]))

/** All defects that are planted, in the order in which they take turns: one of the address, one of the customer. */
export const defects = addressDefects.flatMap((defect, turn) => {
  const other = customerDefects[turn]
  return other === undefined ? [defect] : [defect, other]
})

const random = seededRandom(SEED)
const usedIds = new Set<string>()
const drafts: readonly Draft[] = realAddresses.map((address) => draftOf(address))
/** Every planted defect, by the index of its record. */
export const planted: ReadonlyMap<number, Planted> = plantAll()

/** The mailing: 3,220 records at most. */
export const mailing: readonly AddressRecord[] = drafts.map((draft) => draft.record)
export const customers: readonly Customer[] = drafts.flatMap(({ customer, others }) => [
  ...(customer === undefined ? [] : [customer]),
  ...others,
])
export const doNotMail: readonly DoNotMailEntry[] = drafts.flatMap((draft) => draft.doNotMail)

/** What the verifier has to find in the record at this index: what was planted, else what the two real sources disagree about. */
export function expectationAt(index: number): Expectation {
  const address = realAddresses[index]
  if (address === undefined)
    throw new RangeError(`There is no record ${index}: the mailing has ${realAddresses.length}.`)
  return planted.get(index) ?? naturalExpectation(address)
}

/** The natural disagreements, told from the raw sources alone: this is the yardstick, so it shares no code with the checks. */
function naturalExpectation({ city, street, postcode, ...position }: RealAddress): Expectation {
  const place = placeOf(postcode)
  const reasons: string[] = []
  const suggestion: { -readonly [Field in keyof Correction]: Correction[Field] } = {}
  if (city === undefined) {
    reasons.push('missing-city')
    suggestion.city = place.city
  }
  if (place.position !== undefined && kilometres(position, place.position) > 30) reasons.push('too-far-from-postcode')
  if (!/^\d/.test(street)) reasons.push('missing-house-number')
  const local = city !== undefined && city.toLowerCase() !== place.city.toLowerCase()
  return {
    verdict: reasons.length === 0 ? 'pass' : 'flag',
    reasons,
    ...(Object.keys(suggestion).length === 0 ? {} : { suggestion }),
    ...(local ? { postalCity: place.city } : {}),
  }
}

function draftOf(address: RealAddress): Draft {
  const { lat: _lat, lon: _lon, ...current } = address
  const customer: Customer = { id: newId(), name: inventName(random), current }
  return { record: { customerId: customer.id, name: customer.name, ...address }, customer, others: [], doNotMail: [] }
}

/** Of each dozen records a clean one that lends itself gets the defect whose turn it is. */
function plantAll(): Map<number, Planted> {
  const world = worldOf(seededRandom(SEED + 1))
  const all = new Map<number, Planted>()
  for (let start = 0; start < drafts.length; start += EVERY) {
    const defect = defects[(start / EVERY) % defects.length]
    const offset = world.random.below(EVERY)
    for (let step = 0; step < EVERY; step++) {
      const index = start + ((offset + step) % EVERY)
      const draft = drafts[index]
      if (draft === undefined || defect === undefined || !isClean(realAddresses[index])) continue
      const expectation = defect.plant(draft, world)
      if (expectation === undefined) continue
      all.set(index, { kind: defect.kind, ...expectation })
      break
    }
  }
  return all
}

/** Nothing to find, so that what is planted is all there is. */
function isClean(address: RealAddress | undefined): boolean {
  if (address?.city === undefined || splitStreet(address.street).number === undefined) return false
  const place = placeOf(address.postcode)
  return place.position !== undefined && kilometres(address, place.position) < 20 && place.city === address.city
}

function worldOf(source: SeededRandom): World {
  return {
    random: source,
    newId,
    place: (postcode) => places.get(postcode),
    otherAddress: (fits) => {
      const fitting = realAddresses.filter(fits)
      return fitting.length === 0 ? undefined : source.pick(fitting)
    },
  }
}

function placeOf(postcode: string): PostcodePlace {
  const place = places.get(postcode)
  if (place === undefined)
    throw new Error(`The postal reference has no ${postcode}, which is one of rrad's: did a package change?`)
  return place
}

function newId(): string {
  let id: string
  do id = `C-${100_000 + random.below(900_000)}`
  while (usedIds.has(id))
  usedIds.add(id)
  return id
}
