import { expect, test } from 'vitest'
import { oneLine } from './problem.ts'

test.each([
  ['colours', '\u001b[31mred\u001b[39m is \u001b[1mbold\u001b[22m', 'red is bold'],
  ['line ends', 'one\ntwo\r\nthree\u2028four\n', 'one two three four'],
  ['what moves the cursor', 'a\u001b[2Kb\u0007c', 'ab c'],
])('a message keeps to its line: %s', (_, text, expected) => {
  expect(oneLine(text)).toBe(expected)
})
