import { expect, test } from 'vitest'
import fc from 'fast-check'
import { errorText, jsonText } from './json-text.ts'

const parsed = (value: unknown): unknown => JSON.parse(jsonText(value))

test('what JSON can hold is written as JSON.stringify writes it', () => {
  // A lone key that starts with $ is the one exception, and has its own test.
  const json = fc
    .jsonValue({ noUnicodeString: false } as never)
    .filter((value) => !JSON.stringify(value).includes('"$'))
  fc.assert(fc.property(json, (value) => jsonText(value) === JSON.stringify(value)))
})

test.each<[name: string, value: unknown, written: unknown]>([
  ['a bigint', 12n, { $bigint: '12' }],
  ['no number', [NaN, Infinity, -Infinity], [{ $number: 'NaN' }, { $number: 'Infinity' }, { $number: '-Infinity' }]],
  ['undefined', [undefined, { a: undefined, b: 1 }], [{ $undefined: true }, { b: 1 }]],
  ['a map', new Map([[{ a: 1 }, [2n]]]), { $map: [[{ a: 1 }, [{ $bigint: '2' }]]] }],
  ['a set', new Set([1, 'a']), { $set: [1, 'a'] }],
  ['a date', [new Date(0), new Date(NaN)], ['1970-01-01T00:00:00.000Z', null]],
  [
    'bytes',
    [Uint8Array.of(1, 2), Buffer.from('a'), Uint8Array.of(1, 2).buffer],
    [{ $bytes: 'AQI=' }, { $bytes: 'YQ==' }, { $bytes: 'AQI=' }],
  ],
  ['a part of a buffer', Uint8Array.of(0, 1, 2, 3).subarray(1, 3), { $bytes: 'AQI=' }],
  [
    'other typed arrays',
    [Float64Array.of(0.5, NaN), BigInt64Array.of(1n)],
    [[0.5, { $number: 'NaN' }], [{ $bigint: '1' }]],
  ],
  ['a regular expression', /a"/i, { $regexp: '/a"/i' }],
  ['an error', new TypeError('no'), { $error: { name: 'TypeError', message: 'no' } }],
  ['boxed primitives', [new Number(1), new String('a')], [1, 'a']],
  ['an object that looks like one of these', { $bigint: '12' }, { $object: { $bigint: '12' } }],
  ['an object with more keys', { $bigint: '12', a: 1 }, { $bigint: '12', a: 1 }],
])('%s', (_name, value, written) => {
  expect(parsed(value)).toEqual(written)
})

test('a value that contains itself says where', () => {
  const value: Record<string, unknown> = { list: [{ 'a/b~': {} }] }
  const inner = (value['list'] as Record<string, Record<string, unknown>>[])[0]!['a/b~']!
  inner['all'] = value
  inner['self'] = inner
  expect(parsed(value)).toEqual({
    list: [{ 'a/b~': { all: { $circular: '' }, self: { $circular: '/list/0/a~1b~0' } } }],
  })
})

test('a value that occurs twice without containing itself is written twice', () => {
  const shared = { a: 1 }
  expect(parsed([shared, shared])).toEqual([shared, shared])
})

test('a key that would set the prototype is a key like any other', () => {
  expect(jsonText(JSON.parse('{"__proto__":{"a":1}}'))).toBe('{"__proto__":{"a":1}}')
})

test('what is nested too deeply costs its own value only, and the same depth is too deep on every stack', () => {
  const nested = (levels: number): unknown => {
    let value: unknown = 1
    for (let level = 0; level < levels; level++) value = [value]
    return value
  }
  expect(jsonText(nested(1000))).toBe(`${'['.repeat(1000)}1${']'.repeat(1000)}`)
  for (const levels of [1001, 100_000])
    expect(parsed(nested(levels))).toEqual({ $unwritable: 'it is nested more than 1000 levels deep' })
})

test('an error is its name, its message, and its code if it has one', () => {
  expect(errorText(Object.assign(new Error('a'), { code: 'E', more: 1 }))).toBe(
    '{"name":"Error","message":"a","code":"E"}',
  )
  expect(errorText(new RangeError('a'))).toBe('{"name":"RangeError","message":"a"}')
})
