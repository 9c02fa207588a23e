import { expect, test } from 'vitest'
import { FanfoldError } from '../fanfold-error.ts'
import { LineBytes } from '../lines/line-bytes.ts'
import type { RecordForm } from '../lines/record-form.ts'
import type { TextFormat } from '../protocol.ts'
import { readRecords } from './read-records.ts'
import type { Records } from './record-list.ts'

const NDJSON: TextFormat = { name: 'ndjson', id: undefined }
const LINES: TextFormat = { name: 'lines' }

function csvFormat(header: readonly string[] | undefined, id?: string): TextFormat {
  return { name: 'csv', delimiter: ',', header, id }
}

function read(
  format: TextFormat,
  content: string | Uint8Array,
  first: { index: number; line: number } = { index: 0, line: 1 },
): Records {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
  return readRecords({ kind: 'text', format, bytes, firstIndex: first.index, firstLine: first.line, file: undefined })
}

function all(records: Records): unknown[] {
  return Array.from({ length: records.count }, (_, ordinal) => {
    try {
      return records.item(ordinal)
    } catch (error) {
      if (error instanceof FanfoldError) return error
      throw error
    }
  })
}

const unparsable = (...parts: string[]): unknown =>
  expect.toSatisfy(
    (error: unknown) =>
      error instanceof FanfoldError &&
      error.code === 'FANFOLD_RECORD_UNPARSABLE' &&
      parts.every((part) => error.message.includes(part)),
  )

test('a line that is not JSON is an error of its own record, and says on which line', () => {
  const records = read(NDJSON, '{"a":1}\n\nnot json\r\n[2]\n', { index: 10, line: 4 })
  expect(all(records)).toEqual([{ a: 1 }, unparsable('line 6', 'not valid JSON'), [2]])
  expect([0, 1, 2].map((ordinal) => records.index(ordinal))).toEqual([10, 12, 13])
  expect([0, 1, 2].map((ordinal) => records.line(ordinal))).toEqual([4, 6, 7])
})

test('the error of a line that is not JSON carries what JSON.parse said', () => {
  expect(() => read(NDJSON, '{').item(0)).toThrow(expect.objectContaining({ cause: expect.any(SyntaxError) }))
})

test('bytes that are no UTF-8 cost their own record only, in every format', () => {
  const bytes = Buffer.concat([Buffer.from('"é"\n'), Buffer.from([0x22, 0xff, 0x22, 0x0a]), Buffer.from('"ok"')])
  expect(all(read(NDJSON, bytes))).toEqual(['é', unparsable('line 2', 'UTF-8'), 'ok'])
  expect(all(read(LINES, bytes))).toEqual(['"é"', unparsable('line 2', 'UTF-8'), '"ok"'])
  expect(all(read(csvFormat(undefined), bytes))).toEqual([['é'], unparsable('line 2', 'UTF-8'), ['ok']])
})

test('a JSON column named __proto__ is a field like any other', () => {
  const item = read(NDJSON, '{"__proto__":{"x":1}}').item(0)
  expect(Object.hasOwn(item as object, '__proto__')).toBe(true)
})

test('a CSV column named __proto__ is a field like any other', () => {
  const item = read(csvFormat(['a', '__proto__']), '1,2').item(0)
  expect(Object.entries(item as object)).toEqual([
    ['a', '1'],
    ['__proto__', '2'],
  ])
  expect(Object.getPrototypeOf(item)).toBe(Object.prototype)
})

test('a CSV row with too few or too many fields is an error that names both counts', () => {
  expect(all(read(csvFormat(['a', 'b']), '1,2\n1\n1,2,3\n3,4\n'))).toEqual([
    { a: '1', b: '2' },
    unparsable('line 2', '2 fields expected', '1 found'),
    unparsable('line 3', '2 fields expected', '3 found'),
    { a: '3', b: '4' },
  ])
})

test('text after a closing quote is an error of its own row, and no other row of its group', () => {
  const rows = Array.from({ length: 200 }, (_, at) => (at === 70 ? '"a"b,"c"' : `"${at}",x`))
  const items = all(read(csvFormat(['a', 'b']), rows.join('\r\n')))
  expect(items[70]).toEqual(unparsable('line 71', 'quote'))
  expect(items.filter((item) => !(item instanceof FanfoldError))).toHaveLength(199)
  expect(items[71]).toEqual({ a: '71', b: 'x' })
})

test('rows can be asked for in any order, and again', () => {
  const records = read(csvFormat(['a']), Array.from({ length: 300 }, (_, at) => `"${at}"`).join('\n'))
  for (const ordinal of [299, 0, 150, 64, 63, 0]) expect(records.item(ordinal)).toEqual({ a: String(ordinal) })
})

test('a row reads the same whether it comes alone or among others', () => {
  const rows = ['"a"  ,b', '"a" ', ' "a"', 'a"b', '""', '"x\ny",', '\u{FEFF}a,\u{FEFF}', '"a"\r']
  for (const newline of ['\n', '\r\n']) {
    const together = all(read(csvFormat(undefined), rows.join(newline) + newline))
    expect(together).toEqual(rows.map((row) => read(csvFormat(undefined), row + newline).item(0)))
  }
})

test('lines of a block that mixes line ends are read without their own', () => {
  expect(all(read(csvFormat(undefined), 'a,b\r\nc,d\ne,f'))).toEqual([
    ['a', 'b'],
    ['c', 'd'],
    ['e', 'f'],
  ])
  expect(all(read(LINES, 'a\r\n\nb\r'))).toEqual(['a', '', 'b\r'])
})

test('an id is found by the name of a field or by a JSON pointer', () => {
  const content = '{"id":7,"a/b":{"~":[8]},"x":null}'
  const idOf = (id: string): unknown => {
    const records = read({ name: 'ndjson', id }, content)
    return records.id(0, records.item(0))
  }
  expect(idOf('id')).toBe(7)
  expect(idOf('/a~1b/~0/0')).toBe(8)
  expect(idOf('/x/y')).toBeUndefined()
  expect(idOf('toString')).toBeUndefined()
})

test('items and numbers are handed out as they are', () => {
  const items = [{ a: 1 }, undefined, 'x']
  expect(all(readRecords({ kind: 'items', items, firstIndex: 3 }))).toEqual(items)
  const numbers = readRecords({ kind: 'numbers', numbers: BigInt64Array.of(1n, 2n), firstIndex: 3 })
  expect(all(numbers)).toEqual([1n, 2n])
  expect(numbers.index(1)).toBe(4)
})

function written(records: Records, ordinal: number, form: RecordForm): string {
  const bytes = new LineBytes(16)
  records.writeRecord(ordinal, bytes, form)
  return Buffer.from(bytes.take()).toString()
}

test('a JSON record is written as it is, on one line, in whatever order records are asked for', () => {
  const texts = ['{"n": 1.0}', '{"a":1,\r"b":2 }', '["ä€😀"]', '{\r}', '{"n": 12345678901234567890}']
  const records = read(NDJSON, texts.join('\r\n'))
  const expected = texts.map((text) => `,"record":${text.replaceAll('\r', ' ')}`)
  for (const order of [
    [0, 1, 2, 3, 4],
    [4, 3, 2, 1, 0],
    [2, 0, 3, 1, 4],
  ])
    expect(order.map((ordinal) => written(records, ordinal, 'parsed'))).toEqual(order.map((at) => expected[at]))
})

test('a JSON record of which it is not known whether it can be read is JSON if it is, and else text', () => {
  const records = read(NDJSON, '{"a":\r1}\n{broken\n7')
  expect([0, 1, 2].map((ordinal) => written(records, ordinal, 'unknown'))).toEqual([
    ',"record":{"a": 1}',
    ',"record":"{broken"',
    ',"record":7',
  ])
  expect(written(records, 2, 'unreadable')).toBe(',"record":"7"')
})

test('a line is written as a string, and a CSV record as its item, or as text if it has none', () => {
  expect(written(read(LINES, 'a "b"\nc'), 0, 'parsed')).toBe(',"record":"a \\"b\\""')
  const byHeader = read(csvFormat(['id', '__proto__']), '1,"a ""b"""\nalone\n2,c')
  const texts = [
    ',"record":{"id":"1","__proto__":"a \\"b\\""}',
    ',"record":"alone"',
    ',"record":{"id":"2","__proto__":"c"}',
  ]
  expect([0, 1, 2].map((ordinal) => written(byHeader, ordinal, 'unknown'))).toEqual(texts)
  expect(written(read(csvFormat(undefined), 'a,b'), 0, 'parsed')).toBe(',"record":["a","b"]')
})

test('what a verifier does to its item does not change the record, when it is kept before', () => {
  const items = readRecords({ kind: 'items', items: [{ a: 1 }, 'text', [1]], firstIndex: 0 })
  const rows = read(csvFormat(['a']), '1\n2')
  for (const records of [items, rows]) {
    records.keepRecords!(true)
    Object.assign(records.item(0) as object, { a: 'spoilt' })
  }
  expect([0, 1, 2].map((ordinal) => written(items, ordinal, 'parsed'))).toEqual([
    ',"record":{"a":1}',
    ',"record":"text"',
    ',"record":[1]',
  ])
  expect([0, 1].map((ordinal) => written(rows, ordinal, 'parsed'))).toEqual([
    ',"record":{"a":"1"}',
    ',"record":{"a":"2"}',
  ])
})
