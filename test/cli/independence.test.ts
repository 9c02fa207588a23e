/** `--check-independence`: whether verdicts depend on which other records are verified, before and beside. */
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { Workplace } from './testing/fanfold.ts'
import type { Ended } from './testing/fanfold.ts'

const place = new Workplace()
afterAll(() => place.remove())

/** Two of each ten have an address of which there is another, far away. */
const customers = Array.from({ length: 100 }, (_, n) => ({ n, email: `${n % 10 === 3 ? n % 50 : n}@example.com` }))
place.ndjson('customers.ndjson', customers)

/** What it prints in the summary of the run that follows is another test's. */
async function check(name: string, code: string, ...args: readonly string[]): Promise<Ended & { told: string }> {
  const verifier = place.file(`${name}.mjs`, code)
  const given = ['customers.ndjson', '--with', `./${verifier}`, '--threads', '2', '--progress', 'none']
  const ended = await place.fanfold('verify', ...given, '--check-independence', ...args)
  return { ...ended, told: ended.stderr.split('\n✓')[0]! }
}

test('of a verifier that keeps nothing the verdicts are the same, and the run begins', async () => {
  const { code, told } = await check(
    'independent',
    'export default ({ n }) => n !== 7',
    '--out',
    'all.ndjson',
    '--only',
    'fail',
  )
  expect(told).toBe('independence  the same verdicts in any order, one by one and on 2 threads (100 records)')
  expect(place.lines('all.ndjson')).toMatchObject([{ index: 7, verdict: 'fail' }])
  expect(code).toBe(1)
})

const DUPLICATES = `
const seen = new Set()
export default ({ email }) => {
  if (seen.has(email)) return false
  seen.add(email)
  return true
}
`

test('one that remembers records is found out: what differs is listed with what it has in common, and nothing is run', async () => {
  const { code, stderr } = await check(
    'duplicates',
    DUPLICATES,
    '--out',
    'duplicates.ndjson',
    '--journal',
    'the.journal',
  )
  expect(stderr).toMatch(/^independence {2}10 verdicts depend on the other records \(100 records\)$/m)
  expect(stderr).toMatch(/^ {2}line 4 {6}pass, but fail rejected in reversed order$/m)
  expect(stderr).toMatch(/^ {2}line 94 {5}fail rejected, but pass in reversed order$/m)
  expect(stderr).toMatch(/^ {2}in common {3}each is fail rejected one time, and not the other$/m)
  expect(stderr).toMatch(/^ {14}each has its email in common with another record$/m)
  expect(stderr).toMatch(/^ {2}seen .*10 in reversed order$/m)
  expect(stderr).toMatch(/^fanfold: nothing was verified or written: /m)
  expect(code).toBe(2)
  for (const written of ['duplicates.ndjson', 'the.journal']) expect(existsSync(join(place.path, written))).toBe(false)
})

test('random verdicts are not repeatable, and not put down to the order', async () => {
  const { code, stderr } = await check('random', 'export default () => Math.random() < 0.5')
  expect(stderr).toMatch(
    /^independence {2}\d+ verdicts are not repeatable: not even in the same order \(100 records\)$/m,
  )
  expect(stderr).not.toContain('depend on the other')
  expect(code).toBe(2)
})

const ON_DISK = `
import { existsSync, writeFileSync } from 'node:fs'
export default ({ n }) => {
  if (n % 20 !== 1) return true
  if (existsSync('seen-' + n)) return false
  writeFileSync('seen-' + n, '')
  return true
}
`

test('what is remembered outside of the threads is told from chance', async () => {
  const { code, stderr } = await check('on-disk', ON_DISK)
  expect(stderr).toMatch(/^independence {2}5 verdicts are not repeatable/m)
  expect(stderr).toMatch(/^ {2}line 22 {5}pass, but fail rejected in the same order$/m)
  expect(stderr).toContain('each changes after the first time, and then stays: something outside the threads remembers')
  expect(code).toBe(2)
})

const SHARED = `
let current
export default async ({ n }) => {
  current = n
  await new Promise((resolve) => setImmediate(resolve))
  return current === n
}
`

test('records that run at the same time and share something are told from those that come one after another', async () => {
  const { code, stderr } = await check('shared', SHARED, '--concurrency', '20')
  expect(stderr).toMatch(/^independence {2}\d+ verdicts depend on the other records/m)
  expect(stderr).toContain(
    'one by one, in any order, they are as they were: something is shared by records that run at',
  )
  expect(code).toBe(2)
})

test('of a counter it is said that it counts, also where it shows only in values', async () => {
  const counter = `import { pass } from '@fanfold/workers'\nlet count = 0\nexport default () => pass(++count)`
  const workers = import.meta.resolve('@fanfold/workers')
  const { code, stderr } = await check('counter', counter.replace('@fanfold/workers', workers))
  expect(stderr).toMatch(/^ {2}line 1 {6}pass with the value 1, but pass with the value 100 in reversed order$/m)
  expect(stderr).toContain('the verdict is that of the place in the order, whichever record is there')
  expect(code).toBe(2)
})

test('the sample is as large as is said, and no larger than --limit', async () => {
  const late = 'let count = 0\nexport default () => ++count < 50'
  const few = await check('late', late, '--limit', '20')
  expect(few.told).toMatch(/^independence {2}the same verdicts .* \(20 records\)$/)
  expect(few.code).toBe(0)
  const args = ['customers.ndjson', '--with', './late.mjs', '--progress', 'none', '--check-independence=49']
  const enough = await place.fanfold('verify', ...args, '--limit', '49')
  expect(enough.stderr).toMatch(/^independence {2}the same verdicts .* \(49 records\)$/m)
})

test('interrupted while it checks, nothing was verified', async () => {
  const verifier = place.file('hangs.mjs', "console.log('begun')\nexport default () => new Promise(() => {})")
  const args = ['customers.ndjson', '--with', `./${verifier}`, '--timeout', 'none', '--check-independence']
  const child = place.start('verify', ...args)
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (!stderr.includes('begun') && `${stderr}${text}`.includes('begun')) child.kill('SIGINT')
    stderr += text
  })
  const [, signal] = (await once(child, 'close')) as [number | null, string | null]
  expect(stderr).toContain('interrupted by SIGINT before the run began: nothing was verified, nothing written.')
  expect(signal).toBe('SIGINT')
})

test.each([
  ['-', ['--format', 'ndjson'], 'reads the first records several times, and stdin can be read once. Give a file.'],
  ['customers.ndjson', ['--check-independence=0'], "--check-independence is '0'. Give a whole number from 1."],
])('%s with %j is refused', async (input, args, message) => {
  place.file('any.mjs', 'export default () => true')
  const { code, stderr } = await place.fanfold('verify', input, '--with', './any.mjs', '--check-independence', ...args)
  expect(stderr).toContain(message)
  expect(code).toBe(2)
})
