import { afterAll, expect, test } from 'vitest'
import { csv } from './csv.ts'
import { Folder } from './testing/folder.ts'
import { drain } from './testing/drain.ts'

const folder = new Folder()
afterAll(() => folder.remove())

const itemsOf = async (content: string, options?: Parameters<typeof csv>[1]): Promise<unknown[]> =>
  (await drain(csv(folder.file('one.csv', content), options))).tasks.map((task) => task.item)

test('the header names the fields and is no task', async () => {
  expect(await itemsOf('id,name\n1,Ann\n2,"B, ""b"""\n')).toEqual([
    { id: '1', name: 'Ann' },
    { id: '2', name: 'B, "b"' },
  ])
})

test('index counts records and line counts lines, over blank lines and quoted line ends', async () => {
  const path = folder.file('places.csv', '\u{FEFF}\r\n\r\n"i\nd",b\r\n1,"x\r\ny"\r\n\r\n2,z\r\n')
  const { tasks } = await drain(csv(path, { id: 'i\nd' }))
  expect(tasks).toEqual([
    { index: 0, line: 5, file: undefined, id: '1', record: '1,"x\r\ny"', item: { 'i\nd': '1', b: 'x\r\ny' } },
    { index: 1, line: 8, file: undefined, id: '2', record: '2,z', item: { 'i\nd': '2', b: 'z' } },
  ])
})

test('without a header, rows are arrays of any length', async () => {
  expect(await itemsOf('1;2\n3', { header: false, delimiter: ';' })).toEqual([['1', '2'], ['3']])
})

test('a mark, a header and rows may come a byte at a time', async () => {
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for (const byte of Buffer.from('\u{FEFF}"ä\n",b\r\n1,"2\n"\r\n')) yield Uint8Array.of(byte)
  }
  const { tasks } = await drain(csv(bytes()))
  expect(tasks.map(({ index, line, item }) => [index, line, item])).toEqual([[0, 3, { 'ä\n': '1', b: '2\n' }]])
})

test('a header alone, and an empty file, have no tasks', async () => {
  expect(await itemsOf('a,b')).toEqual([])
  expect(await itemsOf('')).toEqual([])
  expect(await itemsOf('\u{FEFF}')).toEqual([])
})

test('the index goes on from file to file, and tasks name theirs', async () => {
  const paths = [folder.file('a.csv', 'x\n1\n2'), folder.file('b.csv', ''), folder.file('c.csv', 'x\r\n3\r\n')]
  const { tasks } = await drain(csv(paths))
  expect(tasks.map(({ index, line, file, item }) => [index, line, file, item])).toEqual([
    [0, 2, paths[0], { x: '1' }],
    [1, 3, paths[0], { x: '2' }],
    [2, 2, paths[2], { x: '3' }],
  ])
})

test('files with different headers are refused, naming both, after the tasks before were handed out', async () => {
  const paths = [folder.file('first.csv', 'a,b\n1,2\n'), folder.file('second.csv', 'b,a\n1,2\n')]
  const { tasks, broken } = await drain(csv(paths))
  expect(tasks).toHaveLength(1)
  expect(broken?.code).toBe('FANFOLD_CSV_BAD_HEADER')
  for (const part of [...paths, '["a","b"]', '["b","a"]']) expect(broken?.message).toContain(part)
})

test('a header with a column twice, or without a name, is refused', async () => {
  for (const [content, problem] of [
    ['a,b,a\n', "'a' names two columns"],
    ['a,,c\n', 'column 2 has no name'],
    ['"a"x,b\n', 'text follows the closing quote'],
  ] as const) {
    const { broken } = await drain(csv(folder.file('header.csv', content)))
    expect(broken?.code).toBe('FANFOLD_CSV_BAD_HEADER')
    expect(broken?.message).toContain(problem)
  }
})

test('a header that is not closed, or longer than a record may be, breaks the source', async () => {
  const open = await drain(csv(folder.file('open.csv', 'a,"b\n1,2\n')))
  expect(open.broken?.code).toBe('FANFOLD_CSV_UNCLOSED_QUOTE')
  const long = await drain(csv(folder.file('long.csv', `${'a'.repeat(50)}\n1\n`), { maxRecordBytes: 20 }))
  expect(long.broken?.code).toBe('FANFOLD_CSV_BAD_HEADER')
})

test('a quote that is not closed breaks the source where it opens, and the rows before are handed out', async () => {
  const { tasks, broken } = await drain(csv(folder.file('quote.csv', 'a,b\n1,2\n3,\n4,"open\n5,6\n7,8\n')))
  expect(tasks.map((task) => task.item)).toEqual([
    { a: '1', b: '2' },
    { a: '3', b: '' },
  ])
  expect(broken?.code).toBe('FANFOLD_CSV_UNCLOSED_QUOTE')
  expect(broken?.message).toContain('line 4')
})

test('a row with an odd number of fields costs no other row', async () => {
  const { tasks } = await drain(csv(folder.file('ragged.csv', 'a,b\n1,2\n3\n4,5\n')))
  expect(tasks.map((task) => task.error ?? task.item)).toEqual([
    { a: '1', b: '2' },
    'FANFOLD_RECORD_UNPARSABLE',
    { a: '4', b: '5' },
  ])
})

test('a delimiter that could not be told apart is refused at once', () => {
  for (const delimiter of ['', '"', '\n', ';;', '§']) {
    expect(() => csv('any.csv', { delimiter })).toThrow(expect.objectContaining({ code: 'FANFOLD_BAD_OPTION' }))
  }
})
