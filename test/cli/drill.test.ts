/** `fanfold drill`: harm is done to one record, and the others are counted. */
import { afterAll, expect, test } from 'vitest'
import { OBEDIENT, Workplace, numbers } from './testing/fanfold.ts'
import type { Ended } from './testing/fanfold.ts'

const place = new Workplace()
afterAll(() => place.remove())

function drill(...args: readonly string[]): Promise<Ended> {
  return place.fanfold('drill', '--with', OBEDIENT, '--threads', '2', '--timeout', '500ms', ...args)
}

test('every fault costs its own record, and no other', async () => {
  place.ndjson('batch.ndjson', [{ do: 'fail' }, ...numbers(199)])
  const { code, stdout } = await drill('batch.ndjson')
  expect(stdout.split('\n').map((line) => line.replace(/ +[\d.,]+ m?s$/, ''))).toEqual([
    'fault, at record 100        it became   the others',
    'the verifier throws         errored     199 of 199 as before',
    'its promise never settles   timedOut    199 of 199 as before',
    'it loops for ever           timedOut    199 of 199 as before',
    'it ends its thread          crashed     199 of 199 as before',
    expect.stringMatching(/^it exhausts the heap {8}(crashed|timedOut) +199 of 199 as before$/),
    '',
    'nothing was lost: each fault cost its own record, and no other',
    '',
  ])
  expect(code).toBe(0)
})

test('it drills with the first records, and at the one that is named', async () => {
  place.ndjson('large.ndjson', numbers(500))
  const { code, stdout } = await drill('large.ndjson', '--sample', '20', '--at', '3', '--faults', 'throw')
  expect(stdout).toMatch(/^fault, at record 3 .*\nthe verifier throws +errored +19 of 19 as before/)
  expect(code).toBe(0)
})

const FIRST_TIME_ONLY = `
import { existsSync, writeFileSync } from 'node:fs'
export default (record) => {
  if (record.n !== 7) return true
  if (existsSync('was-here')) return false
  writeFileSync('was-here', '')
  return true
}
`

test('a verifier that does not always say the same is found out, exit 1', async () => {
  const changing = place.file('changing.mjs', FIRST_TIME_ONLY)
  place.ndjson('changing.ndjson', numbers(20))
  const args = ['changing.ndjson', '--with', `./${changing}`, '--faults', 'throw', '--at', '1']
  const { code, stdout } = await place.fanfold('drill', ...args)
  expect(stdout).toContain('\n    index 7: completed pass before, completed fail rejected now\n')
  expect(stdout).toContain('\n1 of 1 faults cost more than their own record\n')
  expect(code).toBe(1)
})

const DEMANDING = "export default (record, { limit }) => (record.n < 4 ? true : limit('crm', () => true))\n"

test('a batch that fails without a fault has nothing to lose: its first error is told, exit 2', async () => {
  const demanding = place.file('demanding.mjs', DEMANDING)
  place.ndjson('demanding.ndjson', numbers(20).slice(10))
  const args = ['demanding.ndjson', '--with', `./${demanding}`, '--faults', 'throw']
  const { code, stdout, stderr } = await place.fanfold('drill', ...args)
  expect(stderr).toContain(
    'there is nothing to lose: without a fault, 0 of 10 records have a verdict; the first error: ',
  )
  expect(stderr).toContain("the engine has no limit 'crm'")
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  const given = await place.fanfold('drill', ...args, '--limit-of', 'crm=2')
  expect(given.stderr).toContain('without a fault: 10 of 10 records have a verdict\n')
  expect(given.code, given.stderr).toBe(0)
})

test('where few records have a verdict, that nothing was lost says little', async () => {
  const demanding = place.file('demanding.mjs', DEMANDING)
  place.ndjson('few.ndjson', numbers(20))
  const args = ['few.ndjson', '--with', `./${demanding}`, '--faults', 'throw', '--at', '20']
  const { code, stdout, stderr } = await place.fanfold('drill', ...args)
  expect(stderr).toContain('without a fault: 4 of 20 records have a verdict; the first error: ')
  expect(stdout).toContain(
    '\nnothing was lost: each fault cost its own record, and no other; but only 4 of 20 records had',
  )
  expect(code).toBe(0)
})

test.each([
  [['-'], 'a drill reads its input several times, and stdin can be read once. Give a file.'],
  [['two.ndjson', '--at', '3'], 'there is no record 3: the sample has 2.'],
  [['two.ndjson', '--faults', 'flood'], "--faults has 'flood' in it. Give a list of throw, hang, spin, exit or heap."],
])('%j is refused', async (args, message) => {
  place.ndjson('two.ndjson', numbers(2))
  const { code, stderr } = await drill(...args)
  expect(stderr).toContain(message)
  expect(code).toBe(2)
})
