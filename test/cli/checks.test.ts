import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { Workplace } from './testing/fanfold.ts'

const CHAIN = fileURLToPath(new URL('../chains/verifiers/obedient-chain.ts', import.meta.url))

const place = new Workplace()
afterAll(() => place.remove())

/** The stretch of the summary between two empty lines that is about checks. */
function checksOf(stderr: string): string | undefined {
  return stderr.split('\n\n').find((block) => /^ {2}check /.test(block))
}

test('of a chain the summary tells how often each check ended in which way', async () => {
  const special = [{ schema: 'flag' }, { signature: 'fail' }, { crm: 'rejects' }, {}, {}]
  place.ndjson(
    'a.ndjson',
    special.map((orders, n) => ({ n, ...orders })),
  )
  const { stderr, code } = await place.fanfold('verify', 'a.ndjson', '--with', CHAIN)
  expect(checksOf(stderr)).toBe(
    `  check       pass  flag  fail  errored  skipped
  parse          5     0     0        0        0
  schema         4     1     0        0        0
  signature      4     0     1        0        0
  crm            3     0     0        1        1
  billing        4     0     0        0        1
  decide         4     0     0        0        1`,
  )
  expect(code).toBe(3)
})

test('what was settled before a resume counts in it, and what a redrive runs again counts once', async () => {
  place.ndjson(
    'b.ndjson',
    Array.from({ length: 6 }, (_, n) => ({ n, ...(n % 2 === 0 ? { billing: 'rejects' } : {}) })),
  )
  const command = ['verify', 'b.ndjson', '--with', CHAIN, '--journal', 'b.journal']
  await place.fanfold(...command, '--limit', '3')
  for (const how of ['--resume', '--redrive']) {
    const { stderr } = await place.fanfold(...command, how)
    expect(checksOf(stderr)).toMatch(/^ {2}check +pass +errored +skipped\n/)
    expect(checksOf(stderr)).toContain('\n  billing        3        3        0\n')
  }
})
