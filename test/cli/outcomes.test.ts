import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { Engine, ndjson } from '@fanfold/core'
import type { RunOptions } from '@fanfold/core'
import { afterAll, expect, test } from 'vitest'
import { OBEDIENT, Workplace, numbers } from './testing/fanfold.ts'

const place = new Workplace()
afterAll(() => place.remove())

test('a line has the fields of its outcome, in this order', async () => {
  place.ndjson('orders.ndjson', [{ do: 'flag' }, { do: 'throw' }, { do: 'fail' }, {}])
  await place.verify('orders.ndjson', '--out', 'o.ndjson', '--id-field', 'do', '--order', 'input')
  const lines = place.read('o.ndjson').replace(/"durationMs":[\d.]+/g, '"durationMs":0')
  expect(lines.split('\n')).toEqual([
    '{"index":0,"line":1,"id":"flag","status":"completed","verdict":"flag","reason":"odd-name",' +
      '"issues":[{"reason":"odd-name","message":"a name like no other","path":"/name"}],"value":{"seen":2},' +
      '"attempts":1,"durationMs":0,"record":{"do":"flag"}}',
    '{"index":1,"line":2,"id":"throw","status":"errored",' +
      '"error":{"name":"RangeError","message":"as asked","code":"E_ASKED"},' +
      '"attempts":1,"durationMs":0,"record":{"do":"throw"}}',
    '{"index":2,"line":3,"id":"fail","status":"completed","verdict":"fail","reason":"too-old",' +
      '"attempts":1,"durationMs":0,"record":{"do":"fail"}}',
    '{"index":3,"line":4,"status":"completed","verdict":"pass","attempts":1,"durationMs":0}',
    '',
  ])
})

/** What `run.toNdjson()` gives of a file. */
async function streamed(name: string, options: RunOptions): Promise<string> {
  const engine = new Engine({ threads: 2 })
  try {
    const run = engine.run(OBEDIENT, ndjson(join(place.path, name)), { ...options, order: 'input' })
    const lines: string[] = []
    try {
      for await (const chunk of run.toNdjson({ include: 'all', timings: false }))
        lines.push(Buffer.from(chunk).toString())
    } catch {
      // Its report says why, too.
    }
    return lines.join('')
  } finally {
    await engine.close()
  }
}

test('--out has the lines of run.toNdjson(), whatever became of the tasks', async () => {
  const common = ['--order', 'input', '--no-timings', '--include', 'all', '--threads', '2']
  const kinds = ['pass', 'flag', 'fail', 'values', 'throw', 'odd', 'function', 'spin', 'exit']
  place.file('ends.ndjson', `${kinds.map((kind) => `{"do":"${kind}"}\n`).join('')}{broken\n`)
  await place.verify('ends.ndjson', '--out', 'ends.out', '--timeout', '300ms', ...common)
  const ends = place.read('ends.out')
  expect(place.lines('ends.out').map(({ status }) => status)).toEqual([
    ...['completed', 'completed', 'completed', 'completed', 'errored', 'errored', 'errored', 'timedOut', 'crashed'],
    'errored',
  ])
  expect(ends).toBe(await streamed('ends.ndjson', { timeoutMs: 300 }))
})

test('of tasks that a halt has aborted, too', async () => {
  const begun = join(place.path, 'begun')
  place.ndjson('halt.ndjson', [
    { until: begun, throws: 9 },
    { touch: begun, until: join(place.path, 'never') },
  ])
  const options = ['--order', 'input', '--no-timings', '--include', 'all', '--threads', '2', '--concurrency', '2']
  await place.verify('halt.ndjson', '--out', 'halt.out', '--tolerate', '0', '--halt', 'now', ...options)
  expect(place.lines('halt.out').map(({ status }) => status)).toEqual(['errored', 'aborted'])
  rmSync(begun)
  const lines = await streamed('halt.ndjson', { concurrency: 2, tolerate: { count: 0 }, halt: 'now' })
  expect(place.read('halt.out')).toBe(lines)
})

test('values that JSON has not are written as objects with a $ key', async () => {
  place.ndjson('values.ndjson', [{ do: 'values' }])
  await place.verify('values.ndjson', '--out', 'values.out')
  expect(place.lines('values.out')[0]?.['value']).toEqual({
    big: { $bigint: '12' },
    map: { $map: [['a', { $set: [1] }]] },
    when: '1970-01-01T00:00:00.000Z',
    bytes: { $bytes: 'AQI=' },
  })
})

test('--only writes the outcomes of these kinds and no others', async () => {
  place.ndjson('kinds.ndjson', [{}, { do: 'flag' }, { do: 'fail' }, { do: 'throw' }, { do: 'spin' }, { do: 'exit' }])
  const kindsOf = async (only: string): Promise<unknown[]> => {
    await place.verify('kinds.ndjson', '--out', 'kinds.out', '--only', only, '--timeout', '300ms')
    return place.lines('kinds.out').map(({ status, verdict }) => verdict ?? status)
  }
  expect(await kindsOf('flag,fail')).toEqual(['flag', 'fail'])
  expect(await kindsOf('errored, timedOut')).toEqual(['errored', 'timedOut'])
  expect(await kindsOf('pass,crashed,aborted')).toEqual(['pass', 'crashed'])
})

test('--include says beside which outcomes the record stands', async () => {
  place.ndjson('include.ndjson', [{}, { do: 'flag' }, { do: 'throw' }])
  const withRecord = async (which: string): Promise<boolean[]> => {
    await place.verify('include.ndjson', '--out', 'include.out', '--include', which)
    return place.lines('include.out').map((line) => 'record' in line)
  }
  expect(await withRecord('none')).toEqual([false, false, false])
  expect(await withRecord('attention')).toEqual([false, true, true])
  expect(await withRecord('all')).toEqual([true, true, true])
})

test('an NDJSON record stands in its line as it was, to the last digit', async () => {
  place.file('exact.ndjson', '{"n": 12345678901234567890, "a":1.0,\r"a":2 }\r\n')
  await place.verify('exact.ndjson', '--out', 'exact.out', '--include', 'all')
  expect(place.read('exact.out')).toContain('"record":{"n": 12345678901234567890, "a":1.0, "a":2 }}\n')
})

test('a record that cannot be read stands in its line as text', async () => {
  const broken = Buffer.concat([Buffer.from('{broken\n{"a":"'), Buffer.from([0xff]), Buffer.from('"}\n{}\n')])
  place.file('broken.ndjson', broken)
  const { code } = await place.verify('broken.ndjson', '--out', 'broken.out')
  expect(code).toBe(3)
  expect(place.lines('broken.out')).toMatchObject([
    { line: 1, status: 'errored', error: { code: 'FANFOLD_RECORD_UNPARSABLE' }, record: '{broken' },
    { line: 2, status: 'errored', error: { code: 'FANFOLD_RECORD_UNPARSABLE' }, record: '{"a":"\uFFFD"}' },
    { line: 3, status: 'completed', verdict: 'pass' },
  ])
})

test('answers that are none cost their own task only', async () => {
  place.ndjson('odd.ndjson', [{ do: 'odd' }, { do: 'function' }, {}])
  await place.verify('odd.ndjson', '--out', 'odd.out')
  expect(place.lines('odd.out')).toMatchObject([
    { status: 'errored', error: { code: 'FANFOLD_BAD_VERDICT' } },
    { status: 'errored', error: { code: 'FANFOLD_NOT_CLONEABLE' } },
    { verdict: 'pass' },
  ])
})

test('without timings and in the order of the input, the bytes are the same for any number of threads', async () => {
  place.ndjson(
    'same.ndjson',
    numbers(5000, (n) => (n % 7 === 0 ? { do: 'flag' } : n % 90 === 1 ? { do: 'throw' } : {})),
  )
  const common = ['--order', 'input', '--no-timings', '--include', 'all']
  for (const threads of ['1', '2', '3'])
    await place.verify('same.ndjson', '--out', `same-${threads}.out`, '--threads', threads, ...common)
  const first = place.read('same-1.out')
  expect(first.split('\n').length).toBe(5001)
  expect(first).not.toContain('durationMs')
  expect(place.read('same-2.out') === first).toBe(true)
  expect(place.read('same-3.out') === first).toBe(true)
})

test('--out - writes outcomes to stdout and nothing else, whatever a verifier writes', async () => {
  place.ndjson('says.ndjson', [{ say: 'good morning' }, { say: 'two\nlines' }])
  const { stdout, stderr } = await place.verify('says.ndjson', '--out', '-', '--threads', '1', '--order', 'input')
  expect(stdout.split('\n').map((line) => line.slice(0, 10))).toEqual(['{"index":0', '{"index":1', ''])
  expect(stderr).toContain('[thread 1, task 0] good morning\n')
  expect(stderr).toContain('[thread 1, task 1] two\n[thread 1, task 1] lines\n')
})

test('an output file is written over from its start', async () => {
  place.ndjson('one.ndjson', [{}])
  place.file('old.out', 'x'.repeat(100_000))
  await place.verify('one.ndjson', '--out', 'old.out')
  expect(place.lines('old.out')).toHaveLength(1)
})
