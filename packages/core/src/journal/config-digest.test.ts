import { expect, test } from 'vitest'
import { configDigest } from './config-digest.ts'

test('equal configurations have one digest, however they were made', () => {
  const digest = configDigest({ a: 1, b: ['x', 'abc'], c: { d: null } })
  const other: Record<string, unknown> = { c: { d: null }, b: ['x', 'ä–abc'.slice(2)] }
  other['a'] = Math.sqrt(4) / 2
  expect(configDigest(other)).toBe(digest)
  expect(configDigest(structuredClone(other))).toBe(digest)
})

test('what differs has another digest', () => {
  const cyclic: unknown[] = []
  cyclic.push(cyclic)
  const configs: unknown[] = [
    ...[{}, [], null, undefined, 0, -0, 1, '1', 1n, true, NaN, 'null', '', { a: undefined }, { a: null }],
    ...[
      new Map(),
      new Map([[1, 2]]),
      new Map([['1', 2]]),
      new Set(),
      new Set([1]),
      [1],
      [[1]],
      [1, 2],
      ['1,2'],
      cyclic,
    ],
    ...[/a/, /a/i, new Date(0), new Date(1), new Date(NaN), Uint8Array.of(1), Int8Array.of(1), Uint8Array.of(1).buffer],
    ...[{ a: { b: 1 } }, { a: {}, b: 1 }, { 'a:1': 1 }, new Error('a'), new Error('b')],
  ]
  expect(new Set(configs.map(configDigest)).size).toBe(configs.length)
})
