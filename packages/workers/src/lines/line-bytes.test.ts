import { expect, test } from 'vitest'
import fc from 'fast-check'
import { LineBytes } from './line-bytes.ts'

function written(write: (bytes: LineBytes) => void): string {
  const bytes = new LineBytes(1) // so that it has to grow
  write(bytes)
  return Buffer.from(bytes.take()).toString()
}

test('whole numbers are written as JavaScript writes them', () => {
  fc.assert(fc.property(fc.nat({ max: 2 ** 45 }), (n) => written((bytes) => bytes.whole(n)) === String(n)))
})

test('decimals are rounded to four digits, without zeros at the end', () => {
  const cases = [0, 0.4, 0.00005, 1.5, 12.34567, 99.99999, 1000, 30_000.1]
  expect(cases.map((n) => written((bytes) => bytes.decimal(n)))).toEqual([
    ...['0', '0.4', '0.0001', '1.5', '12.3457', '100', '1000', '30000.1'],
  ])
  const float = fc.float({ min: 0, max: 1e6, noNaN: true })
  fc.assert(fc.property(float, (n) => written((bytes) => bytes.decimal(n)) === String(Math.round(n * 10_000) / 10_000)))
})

test('pieces follow each other, and it begins anew when they are taken, in memory of their own', () => {
  const bytes = new LineBytes(4)
  const text = (): string => Buffer.from(bytes.take()).toString()
  bytes.ascii('{"a":')
  bytes.text('"ä€😀"')
  bytes.piece(Buffer.from('}\n'))
  const taken = bytes.take()
  bytes.ascii('more')
  expect([Buffer.from(taken).toString(), taken.buffer.byteLength]).toEqual(['{"a":"ä€😀"}\n', taken.length])
  expect([bytes.length, text(), bytes.length]).toEqual([4, 'more', 0])
  const long = '€'.repeat(20_000)
  bytes.text(long)
  expect(text() === long).toBe(true)
})

test('a stretch of other bytes is copied, in one line if asked for', () => {
  const other = new LineBytes(4)
  other.ascii('{"a":\r1}')
  expect(written((bytes) => bytes.part(other, 1, 5))).toBe('"a":')
  const source = Buffer.from('{"a":\r1}\r\n')
  expect(written((bytes) => bytes.bytes(source, 0, 8))).toBe('{"a":\r1}')
  expect(written((bytes) => bytes.bytesInOneLine(source, 0, 8))).toBe('{"a": 1}')
})

test('what fits takes the place of what was there before, and else comes in memory of its own', () => {
  const bytes = new LineBytes(4)
  const before = new Uint8Array(4)
  bytes.ascii('four')
  expect(bytes.takeInto(before)).toBe(before)
  expect(Buffer.from(before).toString()).toBe('four')
  bytes.ascii('seven')
  expect(Buffer.from(bytes.takeInto(before)).toString()).toBe('seven')
})
