import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import type { Difference } from './conclude.ts'
import { independenceText } from './independence-text.ts'
import type { Finding } from './independence-text.ts'

const ending = (text: string): Difference['first'] => ({ status: 'completed', text, value: undefined })
const sample = Array.from({ length: 1_000 }, (_, index) => ({
  index,
  line: index + 1,
  file: undefined,
  item: index,
  ending: ending('pass'),
}))
const SAME: Finding = {
  sample,
  cutAfterMs: 10_000,
  threads: 16,
  dependent: [],
  unrepeatable: [],
  seenIn: [],
  dependentFacts: [],
  unrepeatableFacts: [],
}
const said = (columns: number, changes: Partial<Finding> = {}): string =>
  stripVTControlCharacters(independenceText({ ...SAME, ...changes }, columns))

test('what came of it is a line in a file, and several on a terminal', () => {
  const plain =
    'the same verdicts in any order, one by one and on 16 threads (1,000 records, as many as one thread got done in 10 s)'
  expect(said(Infinity)).toBe(`independence  ${plain}\n`)
  const lines = said(79).trimEnd().split('\n')
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(79)
  expect(lines.map((line) => line.slice('independence  '.length)).join(' ')).toBe(plain)
})

test('so are verdicts that are not repeatable, below others that depend on order', () => {
  const differing = { first: ending('pass'), otherwise: ending('fail') }
  const dependent = [{ ...differing, index: 0, way: 'reversed' as const }]
  const unrepeatable = [{ ...differing, index: 1, way: 'again' as const }]
  for (const line of said(59, { dependent, unrepeatable }).split('\n')) expect(line.length).toBeLessThanOrEqual(59)
})
