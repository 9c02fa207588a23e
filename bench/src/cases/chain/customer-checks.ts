/** A record of `customersFile`, whatever is wrong with it. */
export interface Customer {
  readonly id?: unknown
  readonly name?: unknown
  readonly email?: unknown
  readonly age?: unknown
  readonly tags?: unknown
  readonly address?: { readonly zip?: unknown }
}

const TAGS: ReadonlySet<unknown> = new Set(['newsletter', 'wholesale', 'returns', 'press', 'beta'])

export function named({ id, name }: Customer): boolean {
  return typeof id === 'string' && id.startsWith('c-') && typeof name === 'string' && name !== ''
}

export function reachable({ email }: Customer): boolean {
  return typeof email === 'string' && /^[\w.]+@[\w.]+$/.test(email)
}

export function adult({ age }: Customer): boolean {
  return typeof age === 'number' && age >= 18 && age < 130
}

export function placed({ tags, address }: Customer): boolean {
  return Array.isArray(tags) && tags.every((tag) => TAGS.has(tag)) && /^\d{5}$/.test(String(address?.zip))
}
