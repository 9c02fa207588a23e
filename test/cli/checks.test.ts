import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { Workplace } from './testing/fanfold.ts'

const CHAIN = fileURLToPath(new URL('../chains/verifiers/obedient-chain.ts', import.meta.url))

const place = new Workplace()
afterAll(() => place.remove())

/** The stretch of the summary between two empty lines that is about checks. */
function checksOf(stderr: string): string | undefined {
  return stderr.split('\n\n').find((block) => /^ {2}\d+ checks? /.test(block))
}

test('of a chain the summary tells how often each check ended in which way', async () => {
  const special = [{ schema: 'flag' }, { signature: 'fail' }, { crm: 'rejects' }, {}, {}]
  place.ndjson(
    'a.ndjson',
    special.map((orders, n) => ({ n, ...orders })),
  )
  const { stderr, code } = await place.fanfold('verify', 'a.ndjson', '--with', CHAIN)
  expect(checksOf(stderr)).toBe(
    `  6 checks    parse      5 pass
              schema     4 pass, 1 flag
              signature  4 pass, 1 fail
              crm        3 pass, 1 errored, 1 skipped
              billing    4 pass, 1 skipped
              decide     4 pass, 1 skipped`,
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
    expect(checksOf(stderr)).toContain('\n              billing    3 pass, 3 errored\n')
  }
})
