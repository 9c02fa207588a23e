/** Limits in front of downstreams, from the command line. */
import { afterAll, expect, test } from 'vitest'
import { Workplace, numbers } from './testing/fanfold.ts'
import type { Ended } from './testing/fanfold.ts'

const place = new Workplace()
afterAll(() => place.remove())

const CALLING = `
import { setTimeout as delay } from 'node:timers/promises'
export default async (record, { limit }) => {
  await limit(record.limit ?? 'crm', () => delay(record.ms ?? 1))
  return true
}
`
const verifier = place.file('calling.mjs', CALLING)

function verify(input: string, ...args: string[]): Promise<Ended> {
  return place.fanfold('verify', input, '--with', `./${verifier}`, ...args)
}

test('--limit-of bounds calls, and the summary tells of them', async () => {
  place.ndjson('ten.ndjson', numbers(10))
  const { code, stderr } = await verify('ten.ndjson', '--limit-of', 'crm=2', '--concurrency', '10')
  expect(code).toBe(0)
  expect(stderr).toMatch(/\n {2}crm +10 calls, at most 2 at once; \d+ waited, .* on average\n/)
})

test('--limits is a file, which --limit-of beats', async () => {
  place.ndjson('rated.ndjson', numbers(12))
  place.file('limits.json', '{ "crm": { "concurrency": 3 }, "other": {} }')
  const args = ['--limits', 'limits.json', '--summary', 'rated.json', '--concurrency', '12']
  await verify('rated.ndjson', ...args)
  expect(JSON.parse(place.read('rated.json'))).toMatchObject({ limits: { crm: { permits: 3 }, other: { calls: 0 } } })
  await verify('rated.ndjson', ...args, '--limit-of', 'crm=1,40/200ms')
  expect(JSON.parse(place.read('rated.json'))).toMatchObject({ limits: { crm: { permits: 1, calls: 12 } } })
})

const REJECTING = `
export default async ({ n }, { limit, attempt }) => {
  await limit('crm', () => {
    if (n === 3 && attempt === 1) throw Object.assign(new Error('busy'), { overloaded: true })
  })
  return true
}
`

test('where calls were rejected as overloaded and nothing is tried again, the next step is to do so', async () => {
  place.file('rejecting.mjs', REJECTING)
  place.ndjson('rejected.ndjson', numbers(10))
  const run = ['verify', 'rejected.ndjson', '--with', './rejecting.mjs', '--limit-of', 'crm=adaptive']
  const first = await place.fanfold(...run)
  expect([first.code, first.stderr]).toEqual([
    3,
    expect.stringContaining('\n  next        --retries 5 tries again what was rejected as overloaded\n'),
  ])
  const enough = await place.fanfold(...run, '--retries', '1')
  expect([enough.code, enough.stderr]).toEqual([0, expect.not.stringContaining('  next  ')])
  const journaled = await place.fanfold(...run, '--journal', 'rejected.journal')
  const next = /\n {2}next {8}(fanfold verify .* --redrive --retries 5)\n/.exec(journaled.stderr)?.[1] ?? ''
  const mended = await place.shell(next)
  expect([mended.code, mended.stderr]).toEqual([0, expect.stringContaining('✓ succeeded: 10 records verified')])
})

test('a verifier that asks for a limit that is not given is told how to give it', async () => {
  place.ndjson('one.ndjson', [{ limit: 'crn' }])
  const { code, stderr } = await verify('one.ndjson', '--limit-of', 'crm=2')
  expect(code).toBe(3)
  expect(stderr).toContain("the engine has no limit 'crn'. It has 'crm'")
})

test.each([
  [['--limit-of', 'crm'], "--limit-of 'crm' has no name, no bound or no =. Write --limit-of crm=50,100/s."],
  [['--limit-of', 'crm=fast'], "--limit-of 'crm=fast' has 'fast' in it. Give calls at once (50), starts in a time"],
  [['--limit-of', 'crm=5,6'], "--limit-of 'crm=5,6' says something twice."],
  [['--limit-of', 'crm=0'], 'limits.crm.concurrency is 0: use a whole number from 1.'],
  [['--limit-of', 'crm=5/x'], "--limit-of 'crm=5/x' has '5/x' in it. Write 100/s or 10/500ms."],
  [['--limit-of', 'svc=100/sec'], "--limit-of 'svc=100/sec' has '100/sec' in it. Write 100/s."],
  [['--limit-of', 'svc=9,10/5 minutes'], "--limit-of 'svc=9,10/5 minutes' has '10/5 minutes' in it. Write 10/5m."],
  [['--limits', 'nowhere.json'], "the file of limits 'nowhere.json' cannot be read: there is no such file."],
])('%j is refused', async (args, message) => {
  place.ndjson('any.ndjson', numbers(1))
  const { code, stderr } = await verify('any.ndjson', ...args)
  expect(code).toBe(2)
  expect(stderr).toContain(message)
})
