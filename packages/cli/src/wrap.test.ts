import { expect, test } from 'vitest'
import { fill, wrap } from './wrap.ts'

test('lines break between words, and a word that is too long is cut', () => {
  expect(wrap('one two three abcdefghijkl four', 9)).toEqual(['one two', 'three', 'abcdefghi', 'jkl four'])
  expect(wrap('one two', Infinity)).toEqual(['one two'])
  expect(wrap('', 9)).toEqual([''])
})

test('what is to be copied is not cut', () => {
  expect(fill(['one', 'two', '/a/long/path', 'four'], 9)).toEqual(['one two', '/a/long/path', 'four'])
})
