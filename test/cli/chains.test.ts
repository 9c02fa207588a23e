/** Chains from the command line: several modules by name, or one that exports a chain. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Report } from '@fanfold/core'
import { afterAll, describe, expect, test } from 'vitest'
import { OBEDIENT, Workplace, numbers } from './testing/fanfold.ts'

const place = new Workplace()
afterAll(() => place.remove())

place.ndjson('in.ndjson', numbers(30))
place.file('crm.mjs', 'export default ({ n }) => n % 3 !== 0\n')
place.file(
  'billing.mjs',
  "export default async ({ n }) => {\n  if (n % 10 === 1) throw new Error('down')\n  return true\n}\n",
)
place.file('a=b.mjs', 'export default () => true\n')
place.file('data.mjs', 'export default () => true\n')

const CHAIN = fileURLToPath(new URL('./verifiers/chain.ts', import.meta.url))
const TWO = ['--with', 'crm=./crm.mjs', '--with', 'billing=./billing.mjs']
/** Between the counts and the details. */
const tableOf = (stderr: string): readonly string[] => stderr.split('\n\n')[2]?.split('\n') ?? []

test('several modules are each a check of its name, side by side on each record', async () => {
  const args = [...TWO, '--out', 'two.out', '--summary', 'two.json', '--no-timings']
  const { code, stderr } = await place.fanfold('verify', 'in.ndjson', ...args)
  expect(code, stderr).toBe(3)
  const lines = place.lines('two.out')
  expect(lines).toHaveLength(30)
  // The one check's error costs the other no verdict.
  expect(lines[21]).toMatchObject({
    status: 'errored',
    checks: {
      crm: { status: 'completed', verdict: 'fail', reason: 'rejected' },
      billing: { status: 'errored', error: { message: 'down' } },
    },
  })
  expect(JSON.parse(place.read('two.json'))).toMatchObject({
    checks: {
      crm: { verdicts: { pass: 20, flag: 0, fail: 10 }, statuses: { completed: 30, errored: 0 } },
      billing: { verdicts: { pass: 27, flag: 0, fail: 0 }, statuses: { completed: 27, errored: 3 } },
    },
  })
})

test('a module may export a chain; the summary has a table of its checks', async () => {
  const { code, stderr } = await place.fanfold('verify', 'in.ndjson', '--with', CHAIN, '--out', 'chain.out')
  expect(code, stderr).toBe(1)
  expect(tableOf(stderr)).toEqual([
    '  check       pass  flag  fail  skipped',
    '  parse         27     0     3        0',
    '  even          15    12     0        3',
    '  whole         27     0     0        3',
  ])
  expect(place.lines('chain.out')[7]).toMatchObject({ checks: { whole: { status: 'skipped', by: 'parse' } } })
})

test('the summary says whose the first errors are, of how many checks it counts reasons, and so it does when resumed', async () => {
  const bad = place.file('mixed.ndjson', '{"n":2}\nno JSON\n{"n":11}\n{"n":3}\n')
  const args = ['--summary', 'mixed.json', '--journal', 'mixed.journal', '--threads', '1']
  const { stderr } = await place.fanfold('verify', bad, ...TWO, ...args)
  expect(stderr).toContain('\n  line 3      billing  Error: down\n')
  expect(stderr).toMatch(/\n {2}line 2 {6}FANFOLD_/)
  expect(stderr).toContain('\n  reasons     rejected 1; one a record, that of its worst check\n')
  const told = (): unknown => (JSON.parse(place.read('mixed.json')) as Report).firstErrors
  const expected = expect.arrayContaining([expect.objectContaining({ line: 3, status: 'errored', check: 'billing' })])
  expect(told()).toEqual(expected)
  expect(told()).not.toEqual(expect.arrayContaining([expect.objectContaining({ line: 2, check: expect.anything() })]))
  // What is told of an earlier start is told from the journal.
  const again = await place.fanfold('verify', bad, ...TWO, ...args, '--resume')
  expect(again.stderr).toContain('\n  line 3      billing  Error: down\n')
  const short = ['--limit', '3', '--summary', 'mixed.json', '--journal', 'short.journal', '--threads', '1']
  await place.fanfold('verify', bad, ...TWO, ...short)
  const longer = await place.fanfold('verify', bad, ...TWO, ...short.slice(2), '--resume')
  expect(longer.stderr).toContain('resumed ')
  expect(told()).toEqual(expected)
})

test('the summary of one verifier has no such table', async () => {
  const { stderr } = await place.verify('in.ndjson')
  expect(stderr).not.toContain('check  ')
})

test('an equals sign may be in a path, and a name stand before one verifier', async () => {
  const path = await place.fanfold('verify', 'in.ndjson', '--with', './a=b.mjs', '--out', 'path.out')
  expect(path.code, path.stderr).toBe(0)
  expect(place.lines('path.out')[0]).not.toHaveProperty('checks')
  const named = await place.fanfold('verify', 'in.ndjson', '--with', 'x-1=./a=b.mjs', '--out', 'named.out')
  expect(named.code, named.stderr).toBe(0)
  expect(place.lines('named.out')[0]).toMatchObject({ checks: { 'x-1': { verdict: 'pass' } } })
})

describe('what is unclear is refused, and nothing is begun', () => {
  const NAMES = 'Give one of letters, digits, - and _ that begins with a letter: --with crm=./crm.ts.'
  test.each<[what: string, args: readonly string[], message: string]>([
    [
      'one with a name and one without',
      ['--with', 'crm=./crm.mjs', '--with', './billing.mjs'],
      "several verifiers are given, and './billing.mjs' has no name. Name each: --with crm=./crm.ts --with billing=./billing.ts.",
    ],
    ['two without', ['--with', './crm.mjs', '--with', './billing.mjs'], "'./crm.mjs' has no name. Name each"],
    [
      'the same name twice',
      [...TWO, '--with', 'crm=./data.mjs'],
      "two verifiers are called 'crm'. Give each --with a name of its own.",
    ],
    ['a number as a name', ['--with', '1=./crm.mjs'], `--with '1=./crm.mjs' has the name '1'. ${NAMES}`],
    ['a name that is no word', ['--with', 'my crm=./crm.mjs'], `has the name 'my crm'. ${NAMES}`],
    ['a name that outcomes cannot have', ['--with', '__proto__=./crm.mjs'], `has the name '__proto__'. ${NAMES}`],
    ['no name', ['--with', '=./crm.mjs'], `has the name ''. ${NAMES}`],
    ['no path', ['--with', 'crm='], "--with 'crm=' has no path. Write --with crm=./crm.ts."],
    ['nothing', ['--with', ''], '--with is empty. Give it a value, or leave it out.'],
    ['a word for a path', ['--with', 'crm=crm'], "there is no built-in verifier 'crm'."],
    ['a module that is not there', [...TWO, '--with', 'c=./none.mjs'], 'there is no verifier module'],
    ['a chain in a chain', [...TWO, '--with', `c=${CHAIN}`], 'exports a chain, which cannot be the check c of another'],
    ['--out over a module', [...TWO, '--out', './billing.mjs'], "--out './billing.mjs' is a file that is read"],
    ['an estimate', [...TWO, '--estimate', 'e.json'], "--estimate 'e.json' is of one verifier, and several are given."],
  ])('%s', async (_, args, message) => {
    const { code, stderr } = await place.fanfold('verify', 'in.ndjson', ...args)
    expect(stderr).toContain(message)
    expect(code).toBe(2)
  })

  test.each([
    [
      'of several verifiers',
      TWO,
      'a plain loop over one verifier, and several are given. fanfold plan foretells a chain.',
    ],
    ['of a chain', ['--with', CHAIN], 'chain.ts exports a chain, and an estimate compares with a plain loop'],
  ])('an estimate %s', async (_, args, message) => {
    const { code, stderr } = await place.fanfold('estimate', 'in.ndjson', ...args, '--budget', '1ms')
    expect(stderr).toContain(message)
    expect(code).toBe(2)
  })
})

test('a journal knows each module again', async () => {
  const journal = ['--journal', 'night.journal', '--out', 'night.out']
  const first = await place.fanfold('verify', 'in.ndjson', ...TWO, ...journal)
  expect(first.code, first.stderr).toBe(3)
  const again = await place.fanfold('verify', 'in.ndjson', ...TWO, ...journal, '--resume')
  expect(again.code, again.stderr).toBe(3)
  expect(tableOf(again.stderr)).toEqual(tableOf(first.stderr))
  const others = ['--with', 'crm=./crm.mjs', '--with', 'billing=./data.mjs']
  const other = await place.fanfold('verify', 'in.ndjson', ...others, ...journal, '--resume')
  expect([other.code, other.stderr]).toEqual([2, expect.stringContaining('is of another run: ')])
})

test('a verifier whose checks depend on the order is found out', async () => {
  place.file(
    'seen.mjs',
    'let last\nexport default ({ n }) => {\n  const is = last === n - 1\n  last = n\n  return is\n}\n',
  )
  const args = ['--with', 'crm=./crm.mjs', '--with', 'seen=./seen.mjs', '--check-independence', '--out', 'seen.out']
  const { code, stderr } = await place.fanfold('verify', 'in.ndjson', ...args)
  expect(code, stderr).toBe(2)
  expect(stderr).toContain('pass, but fail rejected (seen: fail rejected) in reversed order')
  expect(existsSync(join(place.path, 'seen.out'))).toBe(false)
})

describe('a drill', () => {
  const FAULTS = ['--faults', 'throw,exit', '--threads', '2', '--timeout', '5s']
  test.each([
    ['of a chain', ['--with', CHAIN]],
    ['of several modules', ['--with', 'own=' + OBEDIENT, '--with', 'crm=./crm.mjs']],
  ])('%s does harm in one check more, which costs no other its verdict', async (_, verifier) => {
    const { code, stdout, stderr } = await place.fanfold('drill', 'in.ndjson', ...verifier, ...FAULTS)
    expect(
      stdout.split('\n').map((line) => line.replace(/ +[\d.,]+ m?s$/, '')),
      stderr,
    ).toEqual([
      'fault, at record 15         it became   the others',
      'the verifier throws         errored     29 of 29 as before',
      'it ends its thread          crashed     29 of 29 as before',
      '',
      'nothing was lost: each fault cost its own record, and no other',
      '',
    ])
    expect(code).toBe(0)
  })

  test('does harm to a record that an earlier check has settled, too', async () => {
    const args = ['--with', CHAIN, ...FAULTS, '--at', '8', '--faults', 'throw']
    const { code, stdout } = await place.fanfold('drill', 'in.ndjson', ...args)
    expect(stdout).toMatch(/\nthe verifier throws +errored +29 of 29 as before /)
    expect(code).toBe(0)
  })

  test('of a check that does not always say the same finds it out, also at the record itself', async () => {
    place.file(
      'once.mjs',
      `import { existsSync, writeFileSync } from 'node:fs'
export default ({ n }) => {
  if (n !== 14) return true
  if (existsSync('was-here')) return false
  writeFileSync('was-here', '')
  return true
}
`,
    )
    const verifier = ['--with', 'once=./once.mjs', '--with', 'crm=./crm.mjs']
    const { code, stdout } = await place.fanfold('drill', 'in.ndjson', ...verifier, ...FAULTS)
    const pass = 'completed pass'
    expect(stdout).toContain(
      `\n    index 14: once ${pass}, crm ${pass} before, once completed fail rejected, crm ${pass} now\n`,
    )
    expect(code).toBe(1)
  })
})
