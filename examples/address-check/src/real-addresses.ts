import rrad from 'rrad'
import zipcodes from 'zipcodes'
import type { PostalAddress } from './address.ts'
import type { Position } from './matching/distance.ts'

/** One of rrad's real, public-domain addresses. */
export interface RealAddress extends PostalAddress, Position {}

/** All 3,220, in the package's own (shuffled) order. */
export const realAddresses: readonly RealAddress[] = rrad.addresses.map((address) => ({
  street: address.address1,
  ...(address.address2 === '' ? {} : { unit: address.address2 }),
  ...(address.city === undefined ? {} : { city: address.city }),
  state: address.state,
  postcode: address.postalCode,
  lat: address.coordinates.lat,
  lon: address.coordinates.lng,
}))

/** One postcode of the reference. Nine have no coordinates. */
export interface PostcodePlace {
  readonly postcode: string
  readonly city: string
  readonly state: string
  readonly position: Position | undefined
}

/** The 42,555 US postcodes, in ascending order. */
export const postcodePlaces: readonly PostcodePlace[] = Object.values(zipcodes.codes)
  .filter((code) => code.country === 'US')
  .map((code) => ({
    postcode: code.zip,
    city: code.city,
    state: code.state,
    position: Number.isFinite(code.latitude) ? { lat: code.latitude, lon: code.longitude } : undefined,
  }))
  .sort((left, right) => (left.postcode < right.postcode ? -1 : 1))
