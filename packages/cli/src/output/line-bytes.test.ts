import { expect, test } from 'vitest'
import fc from 'fast-check'
import { LineBytes } from './line-bytes.ts'

function written(write: (bytes: LineBytes) => void): string {
  const bytes = new LineBytes(1) // so that it has to grow
  write(bytes)
  return bytes.swap(Buffer.alloc(0)).toString()
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

test('texts follow each other, and a buffer is used again after a swap', () => {
  const bytes = new LineBytes(4)
  bytes.ascii('{"a":')
  bytes.text('"ä€😀"')
  bytes.ascii('}\n')
  expect(bytes.swap(Buffer.alloc(2)).toString()).toBe('{"a":"ä€😀"}\n')
  bytes.ascii('more')
  expect([bytes.length, bytes.swap(Buffer.alloc(2)).toString(), bytes.length]).toEqual([4, 'more', 0])
})
