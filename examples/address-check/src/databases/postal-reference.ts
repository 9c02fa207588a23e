import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { areaOf } from '../address.ts'
import { cityKey, splitStreet, streetKey } from '../matching/normalise.ts'
import type { Position } from '../matching/distance.ts'
import type { PostcodePlace, RealAddress } from '../real-addresses.ts'

/** A street as the reference knows it. */
export interface Street {
  readonly postcode: string
  /** As it should be written, without a house number. */
  readonly name: string
  /** As `streetKey` makes it. */
  readonly key: string
  readonly words: readonly string[]
}

/** The postal reference, one connection a thread. */
export interface PostalReference {
  place(postcode: string): PostcodePlace | undefined
  placesNamed(city: string, state: string): readonly PostcodePlace[]
  /** Places in a square of twice `REACH_KM` around a position. */
  placesAround(position: Position): readonly PostcodePlace[]
  street(area: string, key: string): Street | undefined
  streetsIn(area: string): readonly Street[]
  /** The postcodes around a position that have this street. */
  postcodesOfStreet(key: string, position: Position): readonly string[]
  close(): void
}

/** Half the width of the square that counts as the neighbourhood of a position. */
const REACH_KM = 30
const KM_PER_DEGREE = 111.2

const SCHEMA = `
  create table place (postcode text primary key, city text not null, city_key text not null, state text not null, lat real, lon real) without rowid;
  create index place_by_city on place (city_key, state);
  create index place_by_position on place (lat, lon);
  create table street (area text not null, key text not null, postcode text not null, name text not null, words text not null,
    lat real not null, lon real not null, primary key (area, key, postcode)) without rowid;
  create index street_by_key on street (key, lat);
`

/** Fills a new SQLite file with the postcodes, and with the streets of the real addresses. */
export function buildPostalReference(
  path: string,
  places: readonly PostcodePlace[],
  addresses: readonly RealAddress[],
): void {
  const db = new DatabaseSync(path)
  try {
    // Nothing is lost when this is interrupted: the file is only used once it is whole.
    db.exec('pragma journal_mode = off; pragma synchronous = off; begin')
    db.exec(SCHEMA)
    const addPlace = db.prepare('insert into place values (?, ?, ?, ?, ?, ?)')
    for (const { postcode, city, state, position } of places) {
      addPlace.run(postcode, city, cityKey(city), state, position?.lat ?? null, position?.lon ?? null)
    }
    const addStreet = db.prepare('insert or ignore into street values (?, ?, ?, ?, ?, ?, ?)')
    for (const { street, postcode, lat, lon } of addresses) {
      const { key, words } = streetKey(street)
      addStreet.run(areaOf(postcode), key, postcode, splitStreet(street).name, words.join(' '), lat, lon)
    }
    db.exec('commit')
  } finally {
    db.close()
  }
}

/** Opens the reference for reading; several threads may have it open at once. */
export function openPostalReference(path: string): PostalReference {
  const url = pathToFileURL(path)
  // Says that nobody writes to the file, so SQLite takes no lock for each query: 1 µs instead of 5 to 10.
  url.searchParams.set('immutable', '1')
  const db = new DatabaseSync(url, { readOnly: true })
  const placeColumns = 'select postcode, city, state, lat, lon from place'
  const byPostcode = db.prepare(`${placeColumns} where postcode = ?`)
  const byCity = db.prepare(`${placeColumns} where city_key = ? and state = ? order by postcode`)
  const byPosition = db.prepare(`${placeColumns} where lat between ? and ? and lon between ? and ? order by postcode`)
  const streetColumns = 'select postcode, name, key, words from street'
  const byArea = db.prepare(`${streetColumns} where area = ?`)
  const byKey = db.prepare(`${streetColumns} where area = ? and key = ? limit 1`)
  const postcodesByKey = db.prepare(
    'select distinct postcode from street where key = ? and lat between ? and ? and lon between ? and ?',
  )
  return {
    place: (postcode) => rows(byPostcode, postcode).map(toPlace)[0],
    placesNamed: (city, state) => rows(byCity, cityKey(city), state).map(toPlace),
    placesAround: (position) => rows(byPosition, ...squareAround(position)).map(toPlace),
    street: (area, key) => rows(byKey, area, key).map(toStreet)[0],
    streetsIn: (area) => rows(byArea, area).map(toStreet),
    postcodesOfStreet: (key, position) =>
      rows(postcodesByKey, key, ...squareAround(position)).map((row) => String(row['postcode'])),
    close: () => db.close(),
  }
}

type Row = Record<string, unknown>

function rows(statement: StatementSync, ...parameters: (string | number)[]): Row[] {
  return statement.all(...parameters)
}

function squareAround({ lat, lon }: Position): [number, number, number, number] {
  const high = REACH_KM / KM_PER_DEGREE
  // Degrees of longitude are narrower away from the equator; at the poles there is no mail.
  const wide = high / Math.max(0.1, Math.cos((lat * Math.PI) / 180))
  return [lat - high, lat + high, lon - wide, lon + wide]
}

function toPlace(row: Row): PostcodePlace {
  const { lat, lon } = row
  return {
    postcode: String(row['postcode']),
    city: String(row['city']),
    state: String(row['state']),
    position: typeof lat === 'number' && typeof lon === 'number' ? { lat, lon } : undefined,
  }
}

function toStreet(row: Row): Street {
  return {
    postcode: String(row['postcode']),
    name: String(row['name']),
    key: String(row['key']),
    words: String(row['words']).split(' '),
  }
}
