import { expect, test } from 'vitest'
import { GatheredBytes } from './gathered-bytes.ts'

test('bytes follow each other, and a buffer is used again after a swap', () => {
  const bytes = new GatheredBytes(4)
  bytes.add(Buffer.from('{"a":'))
  bytes.add(Buffer.from('"ä€😀"}\n'))
  expect(bytes.from(6).toString()).toBe('ä€😀"}\n')
  expect(bytes.swap(Buffer.alloc(2)).toString()).toBe('{"a":"ä€😀"}\n')
  bytes.add(Buffer.from('more'))
  const other = new GatheredBytes(1)
  other.addAll(bytes)
  expect([bytes.length, bytes.swap(Buffer.alloc(2)).toString(), bytes.length]).toEqual([4, 'more', 0])
  expect(other.swap(Buffer.alloc(2)).toString()).toBe('more')
})
