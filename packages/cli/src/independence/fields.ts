import { cut } from '../figures.ts'
import { oneLine } from '../problem.ts'

/** A record of the sample. */
export interface Compared {
  readonly item: unknown
  /** It did not always end in the same way. */
  readonly differs: boolean
}

/** The plain values of a record, by where they are: keys with dots between them, or nothing for a record that is a text. */
type Fields = ReadonlyMap<string, string>

/** What most others have, too, is nothing that those that differ have in common. */
const MOST_OTHERS = 0.5
const MOST_FACTS = 3
const DEEPEST = 3
const MOST_FIELDS = 200
const MOST_TEXT = 40

/**
 * What the records that differ have in common in their fields, and most others have not: each shares a value with another
 * record, or all have the same one. Upper and lower case make no difference.
 */
export function commonFields(records: readonly Compared[]): string[] {
  const sample = records.map(({ item, differs }) => ({ fields: fieldsOf(item), differs }))
  const different = sample.filter(({ differs }) => differs).map(({ fields }) => fields)
  const others = sample.filter(({ differs }) => !differs).map(({ fields }) => fields)
  const facts: { readonly text: string; readonly share: number }[] = []
  const add = (text: string, isSo: (fields: Fields) => boolean): void => {
    const share = others.filter(isSo).length / others.length
    if (share < MOST_OTHERS && different.every(isSo)) facts.push({ text, share })
  }
  for (const [field, value] of different[0] ?? []) {
    const name = field === '' ? 'text' : field
    const counts = countsOf(sample.map(({ fields }) => keyOf(fields.get(field))))
    const isShared = (key: string | undefined): boolean => (counts.get(key) ?? 0) > 1
    add(`each has its ${name} in common with another record`, (fields) => isShared(keyOf(fields.get(field))))
    if (different.length > 1)
      add(
        `each has the ${name} ${cut(oneLine(value), MOST_TEXT)}`,
        (fields) => keyOf(fields.get(field)) === keyOf(value),
      )
  }
  const rarest = facts.toSorted((a, b) => a.share - b.share)
  return rarest.slice(0, MOST_FACTS).map(({ text }) => text)
}

function keyOf(value: string | undefined): string | undefined {
  return value?.trim().toLowerCase()
}

function countsOf(values: readonly (string | undefined)[]): ReadonlyMap<string | undefined, number> {
  const counts = new Map<string | undefined, number>()
  for (const value of values) if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}

function fieldsOf(item: unknown): Fields {
  const fields = new Map<string, string>()
  const add = (value: unknown, path: string, depth: number): void => {
    if (fields.size >= MOST_FIELDS) return
    if (typeof value === 'string' && value.trim() !== '') fields.set(path, value)
    else if (typeof value === 'number' || typeof value === 'boolean') fields.set(path, String(value))
    else if (typeof value === 'object' && value !== null && !Array.isArray(value) && depth < DEEPEST)
      for (const [key, inner] of Object.entries(value)) add(inner, path === '' ? key : `${path}.${key}`, depth + 1)
  }
  add(item, '', 0)
  return fields
}
