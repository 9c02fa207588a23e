import type { Correction } from '../address.ts'
import { kilometres } from '../matching/distance.ts'
import { cityKey, splitStreet } from '../matching/normalise.ts'
import type { Defect, Draft, Expectation, World } from './draft.ts'
import { canBeMisspelt, misspell } from './misspell.ts'

function flagged(reason: string, suggestion?: Correction): Expectation {
  return { verdict: 'flag', reasons: [reason], ...(suggestion === undefined ? {} : { suggestion }) }
}

/** Defects of the address itself. The databases are right. */
export const addressDefects: readonly Defect[] = [
  {
    kind: 'misspelt-street',
    what: 'a slip of the pen in the street',
    plant(draft, { random }) {
      const { street } = draft.record
      const { number, name } = splitStreet(street)
      // The kind of street and its direction are read by the parser: a slip there changes more than a letter.
      const [first = '', ...rest] = name.split(' ')
      if (number === undefined || !canBeMisspelt(first) || /^(north|south)/i.test(first) || rest.length === 0)
        return undefined
      draft.record = { ...draft.record, street: [number, misspell(first, random), ...rest].join(' ') }
      return flagged('probable-misspelling', { street })
    },
  },
  {
    kind: 'misspelt-city',
    what: 'a slip of the pen in the city',
    plant(draft, { random }) {
      const { city } = draft.record
      if (city === undefined || !canBeMisspelt(city)) return undefined
      draft.record = { ...draft.record, city: misspell(city, random) }
      return flagged('probable-misspelling', { city })
    },
  },
  {
    kind: 'wrong-state',
    what: 'another state',
    plant(draft, { random }) {
      const { state } = draft.record
      draft.record = { ...draft.record, state: random.pick(['NY', 'OH', 'WA', 'TX']) }
      return flagged('state-mismatch', { state })
    },
  },
  {
    kind: 'wrong-city',
    what: 'a city far away in the same state',
    plant(draft, { otherAddress, place }) {
      const { city, state, postcode } = draft.record
      const far = otherAddress(
        (other) => other.state === state && kilometres(other, draft.record) > 120 && isPostal(other, place),
      )
      if (city === undefined || far?.city === undefined) return undefined
      draft.record = { ...draft.record, city: far.city }
      return flagged('city-not-of-postcode', { city: place(postcode)?.city ?? city })
    },
  },
  {
    kind: 'unknown-postcode',
    what: 'digits that are swapped or wrong, and there is no such postcode',
    plant(draft, world) {
      const { postcode } = draft.record
      const unknown = [...swaps(postcode), ...otherLastDigits(postcode)].find(
        (candidate) => world.place(candidate) === undefined,
      )
      if (unknown === undefined) return undefined
      draft.record = { ...draft.record, postcode: unknown }
      return flagged('unknown-postcode', { postcode })
    },
  },
  {
    kind: 'foreign-postcode',
    what: 'swapped digits that make the postcode of somewhere else',
    plant(draft, world) {
      const { postcode } = draft.record
      const foreign = swaps(postcode).find((candidate) => isElsewhere(candidate, draft, world))
      if (foreign === undefined) return undefined
      const differs = world.place(foreign)?.state !== draft.record.state
      draft.record = { ...draft.record, postcode: foreign }
      const reasons = [...(differs ? ['state-mismatch'] : []), 'city-not-of-postcode', 'too-far-from-postcode']
      return { verdict: 'flag', reasons, suggestion: { postcode } }
    },
  },
  {
    kind: 'far-coordinates',
    what: 'coordinates 80 to 200 km away',
    plant(draft, { random }) {
      const { lat, lon } = draft.record
      draft.record = { ...draft.record, lat: lat + 0.8 + random.next(), lon }
      return flagged('too-far-from-postcode')
    },
  },
  {
    kind: 'missing-house-number',
    what: 'no house number; the customer store has it',
    plant(draft) {
      const { street } = draft.record
      draft.record = { ...draft.record, street: splitStreet(street).name }
      return flagged('missing-house-number', { street })
    },
  },
  {
    kind: 'undeliverable',
    what: 'neither street nor city',
    plant(draft) {
      const { city: _gone, ...rest } = draft.record
      draft.record = { ...rest, street: '' }
      return { verdict: 'fail', reasons: ['undeliverable'] }
    },
  },
  {
    kind: 'malformed-record',
    what: 'a postcode that is a number, or null coordinates, as careless exports make them',
    plant(draft, { random }) {
      // The cast is the point: files hold what no type allows.
      const broken = random.next() < 0.5 ? { postcode: Number(draft.record.postcode) } : { lat: null }
      draft.record = { ...draft.record, ...broken } as unknown as Draft['record']
      return { verdict: 'fail', reasons: ['malformed-record'] }
    },
  },
  {
    kind: 'other-spelling',
    what: 'abbreviated, in capitals: not a defect, and must pass',
    plant(draft) {
      const { street, city } = draft.record
      if (city === undefined || !/ (Street|Drive|Road|Avenue|Lane|Court)\b/.test(street)) return undefined
      const shorter = street
        .replace(/ Street\b/, ' St.')
        .replace(/ Drive\b/, ' Dr')
        .replace(/ Road\b/, ' RD')
      const short = shorter
        .replace(/ Avenue\b/, ' Ave')
        .replace(/ Lane\b/, ' LN')
        .replace(/ Court\b/, ' Ct')
        .replace(/ Southeast$/, ' SE')
      draft.record = { ...draft.record, street: short.toUpperCase(), city: city.toUpperCase() }
      return { verdict: 'pass', reasons: [] }
    },
  },
]

/** The postcode with each pair of neighbouring digits swapped. */
function swaps(postcode: string): string[] {
  const swapped = [0, 1, 2, 3].map(
    (at) => postcode.slice(0, at) + postcode.charAt(at + 1) + postcode.charAt(at) + postcode.slice(at + 2),
  )
  return swapped.filter((candidate) => candidate !== postcode)
}

function otherLastDigits(postcode: string): string[] {
  return Array.from({ length: 10 }, (_, digit) => `${postcode.slice(0, 4)}${digit}`)
}

/** Far from the record, and not called as its city is. */
function isElsewhere(postcode: string, { record }: Draft, world: World): boolean {
  const place = world.place(postcode)
  if (place?.position === undefined || record.city === undefined) return false
  return kilometres(record, place.position) > 100 && cityKey(place.city) !== cityKey(record.city)
}

function isPostal(address: { readonly city?: string; readonly postcode: string }, place: World['place']): boolean {
  return address.city !== undefined && address.city === place(address.postcode)?.city
}
