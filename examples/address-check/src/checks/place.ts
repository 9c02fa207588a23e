import type { Issue } from '@fanfold/workers'
import type { AddressRecord } from '../address.ts'
import type { PostalReference } from '../databases/postal-reference.ts'
import { kilometres } from '../matching/distance.ts'
import { cityKey } from '../matching/normalise.ts'
import { isSlip } from '../matching/similarity.ts'
import type { PostcodePlace } from '../real-addresses.ts'
import type { Finding } from './finding.ts'
import { likelyPostcode } from './likely-postcode.ts'

/**
 * Further from its postcode's centre, an address is somewhere else. Of the 3,220 real addresses 99.9% lie within
 * 19 km, and the two beyond 30 km are errors of the reference (see README).
 */
const TOO_FAR_KM = 30
/** How far a city's own postcodes may be from this one for its name to be used here: suburbs, shared post offices. */
const NEIGHBOUR_KM = 40

/** What is wrong with city, state, postcode and coordinates together, and the postcode to go on with. */
export interface PlaceFinding extends Finding {
  readonly postcode: string
}

export function checkPlace(record: AddressRecord, reference: PostalReference): PlaceFinding {
  const place = reference.place(record.postcode)
  if (place === undefined) return unknownPostcode(record, reference)

  const km = place.position === undefined ? 0 : kilometres(record, place.position)
  const far = km > TOO_FAR_KM
  const city = cityFit(record, place, far, reference)
  const stateDiffers = record.state !== place.state
  const issues: Issue[] = []
  if (stateDiffers)
    issues.push({
      reason: 'state-mismatch',
      path: '/state',
      message: `${record.postcode} is in ${place.state}, not ${record.state}.`,
    })
  if (city.issue !== undefined) issues.push(city.issue)
  if (far)
    issues.push({
      reason: 'too-far-from-postcode',
      message: `${Math.round(km)} km from the centre of ${record.postcode}.`,
    })

  // Two of three witnesses: when neither the coordinates nor the names fit the postcode, the postcode is the wrong one.
  if (far && (stateDiffers || city.issue?.reason === 'city-not-of-postcode')) {
    const postcode = likelyPostcode(record, reference)
    return {
      issues,
      advice: postcode === undefined ? {} : { suggestion: { postcode } },
      postcode: postcode ?? record.postcode,
    }
  }
  const suggestion = {
    ...(stateDiffers ? { state: place.state } : {}),
    ...(city.suggested === undefined ? {} : { city: city.suggested }),
  }
  return {
    issues,
    advice: {
      ...(Object.keys(suggestion).length === 0 ? {} : { suggestion }),
      ...(city.local ? { postalCity: place.city } : {}),
    },
    postcode: record.postcode,
  }
}

function unknownPostcode(record: AddressRecord, reference: PostalReference): PlaceFinding {
  const postcode = likelyPostcode(record, reference)
  return {
    issues: [{ reason: 'unknown-postcode', path: '/postcode', message: `There is no postcode ${record.postcode}.` }],
    advice: postcode === undefined ? {} : { suggestion: { postcode } },
    postcode: postcode ?? record.postcode,
  }
}

interface CityFit {
  readonly issue?: Issue
  readonly suggested?: string
  /** Another name than the post's, but an acceptable one. */
  readonly local: boolean
}

function cityFit(record: AddressRecord, place: PostcodePlace, far: boolean, reference: PostalReference): CityFit {
  const { city } = record
  if (city === undefined || city === '') {
    return {
      issue: { reason: 'missing-city', path: '/city', message: `The post calls it ${place.city}.` },
      suggested: place.city,
      local: false,
    }
  }
  const key = cityKey(city)
  if (key === cityKey(place.city)) return { local: city.toLowerCase() !== place.city.toLowerCase() }

  const elsewhere: CityFit = {
    issue: {
      reason: 'city-not-of-postcode',
      path: '/city',
      message: `${record.postcode} is ${place.city}, and ${city} is not near it.`,
    },
    suggested: place.city,
    local: false,
  }
  const namesakes = [...new Set([record.state, place.state])].flatMap((state) => reference.placesNamed(city, state))
  if (namesakes.length > 0) return namesakes.some((other) => isNear(other, place)) ? { local: true } : elsewhere

  // A name that is no city of the state: a slip of the pen for one nearby, or a local name that the post does not know.
  const around = place.position === undefined ? [] : reference.placesAround(place.position)
  const meant = [place, ...around].find((other) => isSlip(key, cityKey(other.city)))
  if (meant !== undefined) {
    return {
      issue: { reason: 'probable-misspelling', path: '/city', message: `${city}: probably ${meant.city}.` },
      suggested: meant.city,
      local: false,
    }
  }
  return far ? elsewhere : { local: true }
}

function isNear(other: PostcodePlace, place: PostcodePlace): boolean {
  if (other.position === undefined || place.position === undefined) return true
  return kilometres(other.position, place.position) <= NEIGHBOUR_KM
}
