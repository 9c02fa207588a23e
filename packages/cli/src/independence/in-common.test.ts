import { describe, expect, test } from 'vitest'
import type { Difference } from './conclude.ts'
import type { Ended, Ending, Endings } from './ending.ts'
import { dependentInCommon, unrepeatableInCommon } from './in-common.ts'
import type { Way } from './rounds.ts'

function ending(text: string): Ending {
  return { status: 'completed', text, value: undefined }
}

/** Records that passed the first time, unless it is said otherwise. */
function sampleOf(items: readonly unknown[], first: readonly string[] = []): Ended[] {
  return items.map((item, index) => ({
    index,
    line: index + 1,
    file: undefined,
    item,
    ending: ending(first[index] ?? 'pass'),
  }))
}

function changed(index: number, first: string, otherwise: string, way: Way = 'reversed'): Difference {
  return { index, first: ending(first), otherwise: ending(otherwise), way }
}

function endings(texts: readonly string[]): Endings {
  return new Map(texts.map((text, index) => [index, ending(text)]))
}

const NOTHING: Endings = new Map()
const plain = sampleOf(Array.from({ length: 10 }, (_, n) => ({ n })))

describe('records that depend on the others', () => {
  test('all went from one verdict to another', () => {
    const differences = [changed(1, 'pass', 'fail late'), changed(2, 'pass', 'fail late')]
    expect(dependentInCommon(differences, plain, NOTHING)).toEqual(['all went from pass to fail late'])
  })

  test('each has one verdict one time, and another the other', () => {
    const differences = [changed(1, 'pass', 'flag double'), changed(2, 'flag double', 'fail odd')]
    expect(dependentInCommon(differences, plain, NOTHING)).toEqual(['each is flag double one time, and not the other'])
  })

  test('one alone has no verdicts in common with others, nor has what went in all directions', () => {
    expect(dependentInCommon([changed(1, 'pass', 'fail')], plain, NOTHING)).toEqual([])
    const differences = [changed(1, 'pass', 'fail'), changed(2, 'flag a', 'flag b')]
    expect(dependentInCommon(differences, plain, NOTHING)).toEqual([])
  })

  test('each shares a field with another record, whatever its case, and most others do not', () => {
    const items = ['a', 'b', 'A', 'c', 'd', 'e'].map((email, n) => ({ n, customer: { email }, country: 'FR' }))
    const differences = [changed(0, 'pass', 'flag double'), changed(2, 'flag double', 'pass')]
    expect(dependentInCommon(differences, sampleOf(items), NOTHING)).toEqual([
      'each is flag double one time, and not the other',
      'each has its customer.email in common with another record',
      'each has the customer.email a',
    ])
  })

  test('texts are shared, too', () => {
    const differences = [changed(0, 'pass', 'fail'), changed(3, 'fail', 'pass')]
    const sample = sampleOf(['Ada', 'Bob', 'Cy', 'ada ', 'Di', 'Ed'])
    expect(dependentInCommon(differences, sample, NOTHING)).toContain('each has its text in common with another record')
  })

  test('all have the same value in a field, and most others another', () => {
    const items = Array.from({ length: 10 }, (_, n) => ({ n, country: n % 3 === 0 ? 'FR' : 'DE', isNew: true }))
    const differences = [changed(0, 'pass', 'fail a'), changed(3, 'flag b', 'flag c'), changed(9, 'pass', 'flag c')]
    expect(dependentInCommon(differences, sampleOf(items), NOTHING)).toEqual(['each has the country FR'])
  })

  test('a counter gives its verdicts to places', () => {
    const first = plain.map((_, place) => (place < 3 ? 'pass' : 'fail'))
    const reversed = plain.map((_, place) => (place > 6 ? 'pass' : 'fail'))
    const differences = [0, 1, 2].map((at) => changed(at, 'pass', 'fail'))
    const more = [7, 8, 9].map((at) => changed(at, 'fail', 'pass'))
    const sample = sampleOf(
      plain.map(({ item }) => item),
      first,
    )
    const fact = 'the verdict is that of the place in the order, whichever record is there: something counts'
    expect(dependentInCommon([...differences, ...more], sample, endings(reversed))).toContain(fact)
    const elsewhere = endings(reversed.with(9, 'fail'))
    expect(dependentInCommon([...differences, ...more], sample, elsewhere)).not.toContain(fact)
  })

  test('only in company do they differ', () => {
    const differences = [changed(1, 'pass', 'fail', 'shards'), changed(2, 'pass', 'fail', 'shuffled')]
    expect(dependentInCommon(differences, plain, NOTHING)).toEqual([
      'all went from pass to fail',
      'one by one, in any order, they are as they were: something is shared by records that run at the same time',
    ])
  })
})

describe('records that are not repeatable', () => {
  const differences = [changed(1, 'pass', 'fail', 'again'), changed(4, 'pass', 'fail', 'again')]
  const after = plain.map(({ index }) => (index === 1 || index === 4 ? 'fail' : 'pass'))

  test('what changes once and then stays is remembered somewhere', () => {
    const fact = 'each changes after the first time, and then stays: something outside the threads remembers it'
    expect(unrepeatableInCommon(differences, plain, [endings(after), endings(after)])).toContain(fact)
    expect(unrepeatableInCommon(differences, plain, [endings(after), endings(after.with(4, 'pass'))])).toEqual([
      'all went from pass to fail',
    ])
  })

  test('nothing is found where nothing differs', () => {
    expect(unrepeatableInCommon([], plain, [endings(after)])).toEqual([])
    expect(dependentInCommon([], plain, NOTHING)).toEqual([])
  })
})
