import type { Issue } from '@fanfold/workers'

/** Where a letter goes. */
export interface PostalAddress {
  /** House number and street, as on the label. */
  readonly street: string
  readonly unit?: string
  readonly city?: string
  /** Two letters. */
  readonly state: string
  /** Five digits. */
  readonly postcode: string
}

/** One line of the mailing: what is verified. */
export interface AddressRecord extends PostalAddress {
  readonly customerId: string
  readonly name: string
  /** Degrees, as the geocoder that made the mailing list saw them. */
  readonly lat: number
  readonly lon: number
}

/** What a person has to change to accept the verifier's proposal. */
export type Correction = Partial<Omit<AddressRecord, 'lat' | 'lon'>>

/** The verifier's value: what a person, or the next program, can do with the outcome. */
export interface Advice {
  readonly suggestion?: Correction
  /** The post's name for the place, where the record has another, acceptable one. */
  readonly postalCity?: string
  /** The customer number under which the same person at the same address is on file as well. */
  readonly duplicateOf?: string
}

/** The first three digits: the sorting centre's area, and the block within which records are compared. */
export function areaOf(postcode: string): string {
  return postcode.slice(0, 3)
}

const TEXTS = ['customerId', 'name', 'street', 'state', 'postcode'] as const

/** What makes a record unusable before any question about its content, or `undefined`. */
export function malformation(record: unknown): Issue | undefined {
  if (typeof record !== 'object' || record === null) {
    return { reason: 'malformed-record', message: `Not an object but ${record === null ? 'null' : typeof record}.` }
  }
  const fields: Partial<Record<string, unknown>> = { ...record }
  for (const field of TEXTS) {
    if (typeof fields[field] !== 'string') return notA('text', field, fields[field])
  }
  for (const field of ['city', 'unit']) {
    if (fields[field] !== undefined && typeof fields[field] !== 'string') return notA('text', field, fields[field])
  }
  for (const field of ['lat', 'lon']) {
    if (!Number.isFinite(fields[field])) return notA('number', field, fields[field])
  }
  return undefined
}

function notA(kind: string, field: string, received: unknown): Issue {
  return {
    reason: 'malformed-record',
    path: `/${field}`,
    message: `${field} is no ${kind}: ${JSON.stringify(received) ?? 'missing'}.`,
  }
}
