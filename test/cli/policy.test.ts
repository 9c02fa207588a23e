/** Retries, tolerance, halting and recycling, from the command line. */
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { OBEDIENT, Workplace, numbers, parseLines, watch } from './testing/fanfold.ts'
import type { Ended } from './testing/fanfold.ts'

const place = new Workplace()
afterAll(() => place.remove())

const report = (name: string): Record<string, unknown> => JSON.parse(place.read(name)) as Record<string, unknown>

test('--retries tries a record again for which the verifier threw, and tells so', async () => {
  place.ndjson('retries.ndjson', [{}, { throws: 2 }, { do: 'fail' }])
  const args = ['retries.ndjson', '--out', 'retries.out', '--summary', 'retries.json']
  const enough = await place.verify(...args, '--retries', '2')
  expect(enough.code).toBe(1)
  expect(enough.stderr).toContain('\n  retries     2 further attempts\n')
  expect(place.lines('retries.out').map(({ status, attempts }) => [status, attempts])).toEqual([
    ['completed', 1],
    ['completed', 3],
    ['completed', 1],
  ])
  expect(report('retries.json')).toMatchObject({ result: 'succeeded', retries: 2 })
  const tooFew = await place.verify(...args, '--retries', '1')
  expect(tooFew.code).toBe(3)
  expect(tooFew.stderr).toContain('\n  retries     1 further attempt\n')
  expect(place.lines('retries.out')[1]).toMatchObject({ status: 'errored', attempts: 2 })
})

test('without --retries, or with none, a record has one attempt', async () => {
  place.ndjson('once.ndjson', [{ throws: 1 }])
  for (const args of [[], ['--retries', 'none']]) {
    const { code, stderr } = await place.verify('once.ndjson', ...args)
    expect(code).toBe(3)
    expect(stderr).not.toContain('retries')
  }
})

const BROKEN = [{}, { do: 'throw' }, { throws: 9 }, ...numbers(197)]

test('--tolerate by count: as many are fine, and told', async () => {
  place.ndjson('count.ndjson', BROKEN)
  const { code, stderr } = await place.verify('count.ndjson', '--tolerate', '2', '--summary', 'count.json')
  expect(code).toBe(0)
  expect(stderr).toMatch(/^! partial: 198 of 200 records verified in .* threads?, within --tolerate 2\n/)
  expect(stderr).toContain('\n  tolerated   2 of at most 2\n')
  expect(stderr).toContain('\n  next        --out errors.ndjson --only errored')
  expect(report('count.json')).toMatchObject({
    result: 'partial',
    tolerance: { count: 2, unsuccessful: 2, isExceeded: false },
  })
})

test('--tolerate by percentage: of all, to the record', async () => {
  place.ndjson('share.ndjson', BROKEN)
  const enough = await place.verify('share.ndjson', '--tolerate', '1%')
  expect(enough.code).toBe(0)
  expect(enough.stderr).toContain('\n  tolerated   2 (1.0%) of at most 1%\n')
  const tooFew = await place.verify('share.ndjson', '--tolerate', '0.9%')
  expect(tooFew.code).toBe(3)
  expect(tooFew.stderr).toContain(
    'fanfold: 2 of 200 records were unsuccessful, more than --tolerate 0.9% allows. Mend what the first errors name, or raise --tolerate.\n',
  )
})

test('a breach names the bound, the count, the first errors in the order of the input, and the next step', async () => {
  place.ndjson('breach.ndjson', BROKEN)
  const args = ['--tolerate', '1', '--halt', 'never', '--summary', 'breach.json', '--out', 'breach.out']
  const { code, stderr } = await place.verify('breach.ndjson', ...args)
  expect(code).toBe(3)
  expect(stderr).toMatch(/^✗ failed: 198 of 200 records verified/)
  expect(stderr).not.toContain('tolerated')
  expect(stderr.slice(stderr.indexOf('  line 2'))).toBe(
    `  line 2      E_ASKED: as asked
  line 3      Error: attempt 1, as asked

  written     breach.out: 200 outcomes
              breach.json: the report
  next        grep '"status":"errored"' breach.out
fanfold: 2 of 200 records were unsuccessful, more than --tolerate 1 allows. Mend what the first errors name, or raise --tolerate.
`,
  )
  expect(report('breach.json')).toMatchObject({
    result: 'failed',
    tolerance: { count: 1, unsuccessful: 2, isExceeded: true },
    firstErrors: expect.arrayContaining([
      expect.objectContaining({
        index: 1,
        line: 2,
        status: 'errored',
        error: { name: 'RangeError', message: 'as asked', code: 'E_ASKED' },
      }),
      expect.objectContaining({
        index: 2,
        line: 3,
        status: 'errored',
        error: { name: 'Error', message: 'attempt 1, as asked' },
      }),
    ]),
    failure: { code: 'FANFOLD_TOLERANCE_EXCEEDED' },
  })
})

test('with --progress json a breach is one line, with the first errors in it', async () => {
  place.ndjson('json.ndjson', BROKEN)
  const { stderr } = await place.verify('json.ndjson', '--tolerate', '0', '--halt', 'never', '--progress', 'json')
  const last = stderr.trimEnd().split('\n').at(-1)
  expect(last).toMatch(/^fanfold: 2 of .*, more than the 0 that was tolerated.*as asked/)
})

/** The first record goes on until it is let go, if it is; the second is more than is tolerated. */
async function halted(halt: string, isLetGo: boolean): Promise<Ended & { readonly statuses: readonly unknown[] }> {
  const others = numbers(20, () => ({ sleepMs: 50 }))
  // It throws when the first one runs: threads need not start together.
  const second = { until: `${halt}.runs`, do: 'throw' }
  place.ndjson(`${halt}.ndjson`, [{ touch: `${halt}.runs`, until: `${halt}.go` }, second, ...others])
  const atOnce = ['--threads', '2', '--concurrency', '2']
  const options = ['--with', OBEDIENT, ...atOnce, '--timeout', 'none', '--out', `${halt}.out`]
  const policy = ['--tolerate', '0', ...(halt === 'default' ? [] : ['--halt', halt])]
  const { ended } = watch(place.start('verify', `${halt}.ndjson`, ...options, ...policy))
  await place.appeared(`${halt}.out`)
  if (isLetGo) {
    // Whether to halt was decided when this could be read.
    await expect.poll(() => place.read(`${halt}.out`), { timeout: 20_000 }).toContain('as asked')
    await delay(500) // what is ended now has 100 ms
    place.file(`${halt}.go`, '')
  }
  const how = await ended
  return { ...how, statuses: place.lines(`${halt}.out`).map(({ status }) => status) }
}

test.each(['soon', 'default'])('--halt %s starts nothing more, and lets what runs come to its end', async (halt) => {
  const { code, stderr, statuses } = await halted(halt, true)
  expect(code).toBe(3)
  expect(statuses.slice(0, 2)).toEqual(['completed', 'errored'])
  expect(statuses.filter((status) => status === 'completed').length).toBeLessThan(21)
  expect(stderr).toMatch(/^✗ failed: (\d+ of )?\d+ records? verified/)
  expect(stderr).toMatch(/\nfanfold: 1 of .* unsuccessful, more than --tolerate 0 allows\..*\n$/)
})

test('--halt now ends what runs', async () => {
  const { code, statuses } = await halted('now', false)
  expect(code).toBe(3)
  expect(statuses[0]).toBe('aborted')
  expect(statuses[1]).toBe('errored')
})

test('--halt never goes on to the end, and the run has failed all the same', async () => {
  const { code, statuses } = await halted('never', true)
  expect(code).toBe(3)
  expect(statuses).toEqual(['completed', 'errored', ...numbers(20).map(() => 'completed')])
})

test.each(['50', '1mb', '100000,1mb'])('--recycle-after %s replaces threads, and costs no record', async (bound) => {
  place.ndjson('recycle.ndjson', numbers(2_000))
  const args = ['--threads', '2', '--recycle-after', bound, '--summary', 'recycle.json']
  const { code, stderr } = await place.verify('recycle.ndjson', ...args)
  expect(code).toBe(0)
  const replaced = Number(report('recycle.json')['threadsReplaced'])
  expect(replaced).toBeGreaterThan(0)
  expect(stderr).toContain(`\n  threads     ${replaced} replaced\n`)
})

test('the lines of a tolerated run are all there', async () => {
  place.ndjson('lines.ndjson', BROKEN)
  const { code, stdout } = await place.verify('lines.ndjson', '--tolerate', '5%', '--out', '-')
  expect(code).toBe(0)
  expect(parseLines(stdout)).toHaveLength(200)
})
