import { expect, test } from 'vitest'
import { childArguments } from './child-arguments.ts'

test.each([
  [['--input-type=module', '-e', 'console.log(1)'], []],
  [['--input-type', 'module', '--eval', 'x', '--max-old-space-size=99'], ['--max-old-space-size=99']],
  [['--eval=x', '-p', '1', '-pe', '2', '--print', '3'], []],
  [['--inspect', '--inspect=0', '--inspect-brk=127.0.0.1:1', '--inspect-port', '5', '--inspect-wait'], []],
  [
    ['--import', './hooks.mjs', '--conditions=x', '--no-warnings', '--watch'],
    ['--import', './hooks.mjs', '--conditions=x', '--no-warnings'],
  ],
])('of %j a child gets %j', (given, expected) => {
  expect(childArguments(given)).toEqual(expected)
})
