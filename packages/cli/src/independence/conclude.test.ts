import { expect, test } from 'vitest'
import { Comparison } from './conclude.ts'
import type { Difference, Played } from './conclude.ts'
import type { Ending, Endings } from './ending.ts'

/** Verdicts by index; with a colon, and a value. */
function endings(...said: readonly string[]): Endings {
  return new Map(
    said.map((each, index): [number, Ending] => {
      const [text = '', value] = each.split(':')
      return [index, { status: 'completed', text, value }]
    }),
  )
}

function shuffled(...said: readonly string[]): Played {
  return { way: 'shuffled', endings: endings(...said) }
}

function indicesOf(differences: readonly Difference[]): number[] {
  return differences.map(({ index }) => index)
}

test('where all is as it was the first time, nothing differs', () => {
  const comparison = new Comparison(endings('pass', 'fail'), endings('pass', 'fail'))
  const others = [shuffled('pass', 'fail')]
  expect(comparison.suspicious(others)).toEqual([])
  expect(comparison.conclude(others, [])).toEqual({ dependent: [], unrepeatable: [] })
})

test('what differs in another order, and again in it, depends on the others', () => {
  const comparison = new Comparison(endings('pass', 'fail', 'pass'), endings('pass', 'fail', 'pass'))
  const others = [shuffled('fail', 'pass', 'pass')]
  expect(comparison.suspicious(others)).toEqual(['shuffled'])
  const { dependent, unrepeatable } = comparison.conclude(others, others)
  expect(dependent).toMatchObject([
    { index: 0, first: { text: 'pass' }, otherwise: { text: 'fail' }, way: 'shuffled' },
    { index: 1, first: { text: 'fail' }, otherwise: { text: 'pass' }, way: 'shuffled' },
  ])
  expect(unrepeatable).toEqual([])
})

test('what differs only once is not repeatable', () => {
  const comparison = new Comparison(endings('pass', 'pass'), endings('pass', 'pass'))
  const { dependent, unrepeatable } = comparison.conclude([shuffled('fail', 'pass')], [shuffled('pass', 'pass')])
  expect(dependent).toEqual([])
  expect(indicesOf(unrepeatable)).toEqual([0])
})

test('which records share a thread is chance: one that differs again is enough for all that did', () => {
  const comparison = new Comparison(endings('pass', 'pass', 'pass'), endings('pass', 'pass', 'pass'))
  const others = [shuffled('fail', 'fail', 'pass')]
  const { dependent, unrepeatable } = comparison.conclude(others, [shuffled('fail', 'pass', 'pass')])
  expect(indicesOf(dependent)).toEqual([0, 1])
  expect(unrepeatable).toEqual([])
})

test('where verdicts differ in the same order, as many in another are no sign', () => {
  const comparison = new Comparison(endings('pass', 'pass', 'pass', 'pass'), endings('fail', 'pass', 'pass', 'pass'))
  const others = [shuffled('pass', 'fail', 'fail', 'pass')]
  expect(comparison.suspicious(others)).toEqual([])
  const { dependent, unrepeatable } = comparison.conclude(others, [])
  expect(dependent).toEqual([])
  expect(indicesOf(unrepeatable)).toEqual([0, 1, 2])
})

test('where far more differ in another order, both are told', () => {
  const comparison = new Comparison(
    endings('pass', 'pass', 'pass', 'pass', 'pass', 'pass'),
    endings('fail', 'pass', 'pass', 'pass', 'pass', 'pass'),
  )
  const others = [shuffled('pass', 'fail', 'fail', 'fail', 'fail', 'pass')]
  expect(comparison.suspicious(others)).toEqual(['shuffled'])
  const repeats = [shuffled('pass', 'fail', 'fail', 'fail', 'pass', 'pass')]
  const { dependent, unrepeatable } = comparison.conclude(others, repeats)
  expect(indicesOf(dependent)).toEqual([1, 2, 3])
  expect(indicesOf(unrepeatable)).toEqual([0, 4])
})

test('a value counts where it is the same in the same order', () => {
  const comparison = new Comparison(endings('pass:1', 'pass:2'), endings('pass:1', 'pass:2'))
  const others = [shuffled('pass:2', 'pass:1')]
  expect(indicesOf(comparison.conclude(others, others).dependent)).toEqual([0, 1])
})

test('a value that is a time or chance tells nothing', () => {
  const comparison = new Comparison(endings('pass:1', 'pass:2'), endings('pass:1', 'pass:3'))
  expect(comparison.conclude([shuffled('pass:4', 'pass:5')], [])).toEqual({ dependent: [], unrepeatable: [] })
})

test('a record without an outcome differs', () => {
  const comparison = new Comparison(endings('pass', 'pass'), endings('pass', 'pass'))
  const others = [shuffled('pass')]
  expect(comparison.conclude(others, others).dependent).toMatchObject([{ index: 1, otherwise: { text: 'no outcome' } }])
})
