import { readFileSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import { OBEDIENT, Workplace, numbers, parseLines } from './testing/fanfold.ts'

const place = new Workplace()
afterAll(() => place.remove())

const REPORT_FIELDS = [
  ...['result', 'total', 'sourceExhausted', 'statuses', 'verdicts', 'reasons', 'retries', 'threadsReplaced'],
  ...['stuckThreads', 'threads', 'elapsedMs', 'tasksPerSecond', 'durationMs', 'slowest', 'firstErrors', 'warnings'],
]

test('--summary is the report, with all of its fields', async () => {
  place.ndjson('a.ndjson', [{}, {}, { do: 'flag' }, { do: 'fail' }])
  await place.verify('a.ndjson', '--summary', 's.json', '--threads', '2')
  const report = JSON.parse(place.read('s.json')) as Record<string, unknown>
  expect(Object.keys(report)).toEqual(REPORT_FIELDS)
  expect(report).toMatchObject({
    result: 'succeeded',
    total: 4,
    sourceExhausted: true,
    statuses: { completed: 4, errored: 0, timedOut: 0, crashed: 0, aborted: 0, skipped: 0 },
    verdicts: { pass: 2, flag: 1, fail: 1 },
    reasons: { 'odd-name': 1, 'too-old': 1 },
    threads: 2,
    stuckThreads: [],
    warnings: [],
  })
  expect(Object.keys(report['durationMs'] as object)).toEqual(['p50', 'p90', 'p99', 'max'])
})

test('the summary for people tells the result, the counts, the first errors and the next step', async () => {
  place.ndjson('b.ndjson', [{}, { do: 'flag' }, { do: 'throw' }, ...numbers(3, () => ({ do: 'throw' }))])
  const { stdout, stderr } = await place.verify('b.ndjson', '--threads', '2', '--order', 'input')
  expect(stdout).toBe('')
  const steady = stderr.replace(/in [\d.]+ m?s, [\d,.]+\/s/, 'in T, R').replace(/slowest .*/, 'slowest')
  expect(steady).toBe(
    `! partial: 2 of 6 records verified in T, R on 2 threads

  pass        1   16.7%
  flag        1   16.7%
  errored     4   66.7%

  reasons     odd-name 1
  slowest

  line 3      E_ASKED: as asked
  line 4      E_ASKED: as asked
  line 5      E_ASKED: as asked
              and 1 more

  next        --out errors.ndjson --only errored writes each with its record
`,
  )
})

test('with --out, the next step finds the lines in it', async () => {
  place.ndjson('c.ndjson', [{}, { do: 'fail' }])
  const { stderr } = await place.verify('c.ndjson', '--out', 'c d.out', '--summary', 's.json')
  expect(stderr).toContain('  written     c d.out: 2 outcomes\n              s.json: the report\n')
  const command = /next +(grep .*)\n/.exec(stderr)?.[1] ?? ''
  const { stdout } = await place.shell(command)
  expect(parseLines(stdout)).toMatchObject([{ verdict: 'fail' }])
})

test('of few records there are no shares of durations, of several inputs each error says what it is', async () => {
  place.ndjson('few-1.ndjson', numbers(19))
  place.ndjson('few-2.ndjson', [{ do: 'exit' }])
  const few = await place.verify('few-1.ndjson')
  expect(few.stderr).toMatch(/\n {2}slowest {5}[\d.]+ (µs|m?s) at line \d+\n/)
  const more = await place.verify('few-1.ndjson', 'few-2.ndjson')
  expect(more.stderr).toMatch(/\n {2}slowest {5}.* at index \d+; half within .*, 99% within .*\n/)
  expect(more.stderr).toMatch(/\n {2}crashed {5}few-2\.ndjson:1 {2}FANFOLD_/)
})

test('colours and line ends in an error do not spoil the summary', async () => {
  place.file('colours.mjs', 'export default () => { throw new Error("\\u001b[31mred\\u001b[39m\\nand more") }')
  place.ndjson('colours.ndjson', [{}])
  const { stderr } = await place.fanfold('verify', 'colours.ndjson', '--with', './colours.mjs')
  expect(stderr).toContain('\n  line 1      Error: red and more\n')
})

test('--verbose shows the stacks of the first errors', async () => {
  place.ndjson('d.ndjson', [{ do: 'throw' }])
  const { stderr } = await place.verify('d.ndjson', '--verbose')
  expect(stderr).toMatch(/\[RangeError\]: as asked\n\s+at obey .*obedient\.ts:\d+/)
  expect((await place.verify('d.ndjson')).stderr).not.toMatch(/\n\s+at /)
})

test('--progress json is NDJSON on stderr, ends with the ended state, and leaves out the summary for people', async () => {
  place.ndjson(
    'e.ndjson',
    numbers(200, () => ({ sleepMs: 10 })),
  )
  const { stderr } = await place.verify('e.ndjson', '--progress', 'json', '--concurrency', '2')
  const lines = parseLines(stderr)
  expect(lines.length).toBeGreaterThan(2)
  expect(lines.at(-1)).toMatchObject({
    state: 'ended',
    read: 200,
    statuses: { completed: 200 },
    verdicts: { pass: 200 },
  })
})

test('without a terminal, a short run has no progress but its summary, whatever was asked for', async () => {
  place.ndjson('f.ndjson', [{}])
  for (const how of ['auto', 'bar', 'none'])
    expect((await place.verify('f.ndjson', '--progress', how)).stderr).toMatch(/^✓ succeeded: 1 record verified/)
})

test('without a terminal, a long run says every few seconds how far it is, of the limit if there is one', async () => {
  place.ndjson(
    'g.ndjson',
    numbers(60, () => ({ sleepMs: 200 })),
  )
  place.ndjson(
    'g-long.ndjson',
    numbers(2_000, () => ({ sleepMs: 200 })),
  )
  const slowly = ['--threads', '2', '--concurrency', '2']
  const runs = [['g.ndjson'], ['g-long.ndjson', '--limit', '60']].map((args) => place.verify(...args, ...slowly))
  for (const { stderr } of await Promise.all(runs))
    // Of 60, not of 2,000: how far it is by then depends on the machine.
    expect(stderr).toMatch(/^fanfold: \d+ done \([1-9]\d%\), [\d.]+\/s, \d+ pass, \d+(\.\d)? s left$/m)
})

test('--config and --set make the configuration; --set wins, dots nest, text needs no quotes', async () => {
  place.file('config.json', '{"a":{"b":1,"c":2},"list":[1,2]}')
  place.ndjson('h.ndjson', [{ config: true }])
  const sets = ['a.b=true', 'a.d.e=[1]', 'list.1=9', 'name=Ann Lee', 'quoted="12"', 'empty=', '__proto__.x=1']
  const args = sets.flatMap((set) => ['--set', set])
  const { code } = await place.verify('h.ndjson', '--config', 'config.json', ...args, '--out', 'h.out')
  expect(code).toBe(0)
  const value = place.read('h.out').match(/"value":(\{.*\}),"attempts"/)?.[1]
  expect(value).toBe(
    '{"a":{"b":true,"c":2,"d":{"e":[1]}},"list":[1,9],"name":"Ann Lee","quoted":"12","empty":"","__proto__":{"x":1}}',
  )
})

test('--threads and --concurrency: many records that wait are under way at once', async () => {
  place.ndjson(
    'i.ndjson',
    numbers(40, () => ({ sleepMs: 200 })),
  )
  const elapsed = async (...args: readonly string[]): Promise<number> => {
    await place.verify('i.ndjson', '--summary', 'i.json', ...args)
    const report = JSON.parse(place.read('i.json')) as { threads: number; elapsedMs: number }
    expect(report.threads).toBe(1)
    return report.elapsedMs
  }
  expect(await elapsed('--threads', '1', '--concurrency', '40')).toBeLessThan(4_000)
  expect(await elapsed('--threads', '1', '--concurrency', 'auto')).toBeLessThan(4_000)
  expect(await elapsed('--threads', '1', '--concurrency', '1')).toBeGreaterThan(7_000)
})

test('--timeout none lets a slow record end', async () => {
  place.ndjson('j.ndjson', [{ sleepMs: 300 }])
  expect((await place.verify('j.ndjson', '--timeout', 'none')).code).toBe(0)
  expect((await place.verify('j.ndjson', '--timeout', '0.1s')).code).toBe(3)
})

test('--thread-memory ends a thread that takes more, and costs its own record only', async () => {
  place.file(
    'greedy.mjs',
    'export default (n) => { const all = []; while (n === 2) all.push(new Array(1e5).fill(n)); return true }',
  )
  place.file('k.ndjson', '1\n2\n3\n')
  const args = ['verify', 'k.ndjson', '--with', './greedy.mjs', '--thread-memory', '64mb', '--out', 'k.out']
  expect((await place.fanfold(...args)).code).toBe(3)
  expect(place.lines('k.out').map(({ status }) => status)).toEqual(['completed', 'crashed', 'completed'])
})

test('--help lists every option under its heading, and --version the version', async () => {
  const { code, stdout } = await place.fanfold('verify', '--help')
  expect(code).toBe(0)
  for (const heading of ['The verifier:', 'The input:', 'Running:', 'Outcomes:', 'The account:', 'Exit codes:'])
    expect(stdout).toContain(`\n${heading}\n`)
  for (const option of ['with', 'format', 'config', 'set', 'threads', 'concurrency', 'timeout', 'thread-memory'])
    expect(stdout).toContain(`--${option} <`)
  expect(stdout).not.toContain('(default: [])')
  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThan(90)
  const manifest = readFileSync(new URL('../../packages/cli/package.json', import.meta.url), 'utf8')
  const { version } = JSON.parse(manifest) as { version: string }
  expect((await place.fanfold('--version')).stdout).toBe(`${version}\n`)
})

test('stderr may be closed', async () => {
  place.ndjson('l.ndjson', [{ do: 'fail' }])
  const { stdout } = await place.shell(`fanfold verify l.ndjson --with '${OBEDIENT}' --out - 2>&-; echo $?`)
  expect(stdout).toMatch(/"fail".*\n1\n$/)
})

test('a teardown that fails is told in the report and to people; the code stays', async () => {
  place.ndjson('teardown.ndjson', numbers(20))
  place.file(
    'teardown.mjs',
    `export default {
       verify: () => true,
       teardown() { throw new Error('could not flush') },
     }`,
  )
  const args = ['--with', './teardown.mjs', '--summary', 'teardown.json', '--threads', '2']
  const { code, stderr } = await place.fanfold('verify', 'teardown.ndjson', ...args)
  expect(code).toBe(0)
  expect(stderr).toMatch(/^ {2}warning .*could not flush/m)
  const { result, warnings } = JSON.parse(place.read('teardown.json')) as { result: string; warnings: string[] }
  expect(result).toBe('succeeded')
  expect(warnings).toEqual([expect.stringContaining('could not flush')])
})
