import parser from 'parse-address'

/** A street in the form in which two spellings of the same street are equal. */
export interface StreetKey {
  /** The house number, where there is one: `12`, `12a`, `12-14`. */
  readonly number: string | undefined
  /** The words of the name alone: `['fenwick', 'village']`. */
  readonly words: readonly string[]
  /** Name, kind and direction: `fenwick village dr nw`; equal for equal streets. */
  readonly key: string
}

const HOUSE_NUMBER = /^(\d\S*(?:\s+1\/2)?)\s+(\S.*)$/

/** Lower case, without accents and punctuation, single spaces. */
export function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f'’.]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim()
}

/** The words of a name, folded. */
export function wordsOf(text: string): readonly string[] {
  const folded = fold(text)
  return folded === '' ? [] : folded.split(' ')
}

const CITY_WORDS: Partial<Record<string, string>> = { saint: 'st', sainte: 'ste', mount: 'mt', fort: 'ft' }

/**
 * A city in the form in which the usual variants are equal:
 * Saint/St, Mount/Mt, Fort/Ft, Tyngsborough/Tyngsboro, McCrory/Mc Crory, O'Neals/O Neals.
 */
export function cityKey(city: string): string {
  return wordsOf(city)
    .map((word) => CITY_WORDS[word] ?? word.replace(/(?<=..)borough$/, 'boro'))
    .join('')
}

/** House number and the rest of a street line, as written. */
export function splitStreet(street: string): { readonly number: string | undefined; readonly name: string } {
  const match = HOUSE_NUMBER.exec(street.trim())
  return { number: match?.[1], name: match?.[2] ?? street.trim() }
}

/** Given any place, the parser does not take the end of a street for one: Northeast for Nebraska, Ct for Connecticut. */
const ANY_PLACE = 'Springfield, NY 10001'

/** Parses a street line. What the parser cannot read is split into words instead (`WB&A Road` is such a one). */
export function streetKey(street: string): StreetKey {
  const { number, name } = splitStreet(street)
  // The parser wants a house number: without one it takes 'Fenwick Village Drive' for something else.
  const parsed = name === '' ? null : parser.parseLocation(`1 ${name}, ${ANY_PLACE}`)
  const words = parsed?.street === undefined ? wordsOf(name) : wordsOf(parsed.street)
  const parts = parsed?.street === undefined ? [] : [parsed.type, parsed.prefix, parsed.suffix]
  const key = [...words, ...parts.filter((part) => part !== undefined).map(fold)].join(' ')
  return { number: number === undefined ? undefined : fold(number), words, key }
}
