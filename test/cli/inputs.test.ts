import { afterAll, expect, test } from 'vitest'
import { OBEDIENT, Workplace, numbers } from './testing/fanfold.ts'
import type { Ended } from './testing/fanfold.ts'

const place = new Workplace()
afterAll(() => place.remove())

/** Passes each with itself as the value. */
const echo = (...args: readonly string[]): Promise<Ended> => place.verify('--set', 'echo=true', '--out', 'o', ...args)
const seen = (...fields: readonly string[]): unknown[][] =>
  place.lines('o').map((line) => fields.map((field) => line[field]))

test('the ending says how a file is read', async () => {
  place.file('a.ndjson', '{"a":1}\n')
  place.file('a.jsonl', '{"a":1}\n')
  place.file('a.csv', 'a,b\n1,2\n')
  place.file('a.tsv', 'a\tb\n1\t2,3\n')
  place.file('a.TXT', '{"a":1}\n')
  const itemOf = async (name: string): Promise<unknown> => (await echo(name), place.lines('o')[0]?.['value'])
  expect(await itemOf('a.ndjson')).toEqual({ a: 1 })
  expect(await itemOf('a.jsonl')).toEqual({ a: 1 })
  expect(await itemOf('a.csv')).toEqual({ a: '1', b: '2' })
  expect(await itemOf('a.tsv')).toEqual({ a: '1', b: '2,3' })
  expect(await itemOf('a.TXT')).toBe('{"a":1}')
})

test('--format says how to read what has no ending, or another one', async () => {
  place.file('rows', 'a\n1\n')
  place.file('rows.txt', 'a\n2\n')
  await echo('rows', 'rows.txt', '--format', 'csv')
  expect(seen('value')).toEqual([[{ a: '1' }], [{ a: '2' }]])
})

test('several inputs: the index goes on, the line is that of the file, and the file is named as it was given', async () => {
  place.file('first.ndjson', '1\n\n2\n')
  place.file('./sub/second.ndjson', '3\n')
  await echo('first.ndjson', './sub/second.ndjson')
  expect(seen('index', 'line', 'file', 'value')).toEqual([
    [0, 1, 'first.ndjson', 1],
    [2, 3, 'first.ndjson', 2],
    [3, 1, './sub/second.ndjson', 3],
  ])
})

test('one input: there is no file in the lines', async () => {
  place.file('single.ndjson', '1\n')
  await echo('single.ndjson')
  expect(place.lines('o')[0]).not.toHaveProperty('file')
})

test('a pattern stands for the files that it matches, in the order of their names', async () => {
  for (const name of ['c', 'a', 'b']) place.file(`part/${name}.ndjson`, `"${name}"\n`)
  place.file('part/folder.ndjson/x.txt', '')
  const { code } = await echo('part/*.ndjson')
  expect(code).toBe(0)
  expect(seen('file', 'value')).toEqual([
    ['part/a.ndjson', 'a'],
    ['part/b.ndjson', 'b'],
    ['part/c.ndjson', 'c'],
  ])
})

test('a file whose name looks like a pattern is taken as it is', async () => {
  place.file('what[1].ndjson', '1\n')
  expect((await echo('what[1].ndjson')).code).toBe(0)
  expect(seen('value')).toEqual([[1]])
})

test('- reads stdin', async () => {
  const args = ['verify', '-', '--format', 'ndjson', '--with', OBEDIENT, '--set', 'echo=true', '--out', 'o']
  const { code } = await place.fed('1\n2\n', ...args)
  expect(code).toBe(0)
  expect(seen('index', 'line', 'value')).toEqual([
    [0, 1, 1],
    [1, 2, 2],
  ])
  await place.shell(
    'printf "7\\n" > seven; fanfold verify - --format ndjson --with $OBEDIENT --set echo=true --out o < seven',
  )
  expect(seen('value')).toEqual([[7]])
})

test('CSV: quoted line ends belong to the record, a ragged row is errored alone, the record stands there as an object', async () => {
  place.file('rows.csv', 'id,name\n1,"two\nlines"\n2\n3,c\n')
  const { code } = await place.verify('rows.csv', '--out', 'o', '--include', 'all', '--id-field', 'id')
  expect(code).toBe(3)
  expect(seen('index', 'line', 'id', 'status', 'record')).toEqual([
    [0, 2, '1', 'completed', { id: '1', name: 'two\nlines' }],
    [1, 4, undefined, 'errored', '2'],
    [2, 5, '3', 'completed', { id: '3', name: 'c' }],
  ])
})

test('lines: a blank line is a task as well, and the record is the text', async () => {
  place.file('words.txt', 'flag\r\n\r\nfail')
  await place.verify('words.txt', '--out', 'o')
  expect(seen('index', 'line', 'verdict', 'record')).toEqual([
    [0, 1, 'flag', 'flag'],
    [1, 2, 'pass', undefined],
    [2, 3, 'fail', 'fail'],
  ])
})

test.each(['ndjson', 'csv', 'txt'])('an empty %s file is a run that succeeded', async (ending) => {
  place.file(`empty.${ending}`, '')
  const { code, stderr } = await place.verify(`empty.${ending}`, '--summary', 's.json', '--out', 'o')
  expect(code).toBe(0)
  expect(stderr).toMatch(/^✓ succeeded: no records\n/)
  expect(JSON.parse(place.read('s.json'))).toMatchObject({ result: 'succeeded', total: 0, sourceExhausted: true })
  expect(place.read('o')).toBe('')
})

test('--limit reads the first records only', async () => {
  place.ndjson('many.ndjson', numbers(10_000))
  const { stderr } = await place.verify('many.ndjson', '--limit', '10', '--out', 'o', '--summary', 's.json')
  expect(seen('index')).toEqual(numbers(10).map(({ n }) => [n]))
  expect(JSON.parse(place.read('s.json'))).toMatchObject({ result: 'succeeded', total: 10 })
  expect(stderr).toContain('✓ succeeded: the first 10 records verified in')
})

test('--max-record: a longer record is errored, and the others are not', async () => {
  place.file('long.ndjson', `{}\n"${'x'.repeat(2000)}"\n{}\n`)
  const { code } = await place.verify('long.ndjson', '--max-record', '1kb', '--out', 'o')
  expect(code).toBe(3)
  expect(seen('index', 'status')).toEqual([
    [0, 'completed'],
    [1, 'errored'],
    [2, 'completed'],
  ])
  expect(place.lines('o')[1]).toMatchObject({ error: { code: 'FANFOLD_RECORD_TOO_LONG' }, attempts: 0 })
  expect(place.lines('o')[1]).not.toHaveProperty('record')
})
