import { describe, expect, it } from 'vitest'
import { cityKey, splitStreet, streetKey } from '../src/matching/normalise.ts'
import { edits, isSlip, wordsSimilarity } from '../src/matching/similarity.ts'
import { realAddresses } from '../src/real-addresses.ts'

describe('two spellings of one street have one key', () => {
  it.each([
    ['1745 T Street Southeast', '1745 T ST SE'],
    ['12 North Main Street', '12 N. Main St'],
    ["270 Chrissy's Court", '270 CHRISSYS CT'],
    ['1317 Allison Street Northeast', '1317 Allison St NE'],
    ['1566 Wingate Park Court', '1566 WINGATE PARK CT'],
    ['8358 WB&A Road', '8358 wb&a road'],
  ])('%s, %s', (one, other) => expect(streetKey(one)).toEqual(streetKey(other)))

  it.each([
    ['12 Elm Street', '12 Elm Court'],
    ['12 12th Street', '12 13th Street'],
    ['12 C Street Northeast', '12 C Street Southeast'],
  ])('but not %s, %s', (one, other) => expect(streetKey(one).key).not.toBe(streetKey(other).key))
})

it('a house number and a street are put together again as they were, for all 3,220 addresses', () => {
  for (const { street } of realAddresses) {
    const { number, name } = splitStreet(street)
    expect(number === undefined ? name : `${number} ${name}`).toBe(street)
  }
})

it.each([
  ['Saint Albans', 'St. Albans'],
  ['Tyngsborough', 'Tyngsboro'],
  ['McCrory', 'Mc Crory'],
  ["O'Neals", 'O Neals'],
])('%s and %s are one city', (one, other) => expect(cityKey(one)).toBe(cityKey(other)))

describe('a slip of the pen', () => {
  it.each([
    ['manchester', 'manchestr'],
    ['manchester', 'mancehster'],
    ['louisville', 'louissville'],
  ])('%s, %s', (right, wrong) => expect(isSlip(right, wrong)).toBe(true))

  it.each([
    ['morristown', 'morrisville'],
    ['lyndon', 'lyndonville'],
    ['elm', 'elk'],
    ['12th', '13th'],
    ['bolton', 'milton'],
  ])('is not what makes %s of %s', (one, other) => expect(isSlip(one, other)).toBe(false))
})

describe('the similarity of names', () => {
  it('knows no order, and takes initials', () => {
    expect(wordsSimilarity(['anna', 'smith'], ['smith', 'anna'])).toBe(1)
    expect(wordsSimilarity(['a', 'smith'], ['anna', 'smith'])).toBe(1)
  })

  it('tells relatives apart', () => {
    expect(wordsSimilarity(['anna', 'smith'], ['robert', 'smith'])).toBeLessThan(0.84)
  })

  it('is 0 where a word has no counterpart', () => {
    expect(wordsSimilarity([], ['anna'])).toBe(0)
    expect(wordsSimilarity([], [])).toBe(0)
  })
})

it.each([
  ['', '', 0],
  ['abc', '', 3],
  ['20020', '20200', 1],
  ['kitten', 'sitting', 3],
])('%j and %j are %i edits apart', (one, other, count) => expect(edits(one, other)).toBe(count))
