import { afterAll, expect, test } from 'vitest'
import { Workplace, numbers } from './testing/fanfold.ts'

const place = new Workplace()
afterAll(() => place.remove())

async function codeOf(records: readonly unknown[], ...args: readonly string[]): Promise<number | null> {
  place.ndjson('codes.ndjson', records)
  return (await place.verify('codes.ndjson', ...args)).code
}

test('0: every record has a verdict, and none is fail', async () => {
  expect(await codeOf([{}, { do: 'flag' }])).toBe(0)
})

test('1: some verdict is fail, or with --fail-on flag, flag', async () => {
  expect(await codeOf([{}, { do: 'fail' }])).toBe(1)
  expect(await codeOf([{}, { do: 'flag' }], '--fail-on', 'flag')).toBe(1)
  expect(await codeOf([{}], '--fail-on', 'flag')).toBe(0)
})

test('3: some record has no verdict, even when another has failed', async () => {
  expect(await codeOf([{ do: 'throw' }, { do: 'fail' }])).toBe(3)
  expect(await codeOf([{ do: 'spin' }], '--timeout', '200')).toBe(3)
  expect(await codeOf([{ do: 'exit' }])).toBe(3)
})

test('within a tolerance that was given, what has no verdict counts for nothing', async () => {
  const broken = [{ do: 'throw' }, { do: 'throw' }, {}, { do: 'flag' }]
  expect(await codeOf(broken, '--tolerate', '2')).toBe(0)
  expect(await codeOf(broken, '--tolerate', '2', '--fail-on', 'flag')).toBe(1)
  expect(await codeOf([...broken, { do: 'fail' }], '--tolerate', '2')).toBe(1)
  expect(await codeOf(broken, '--tolerate', '1')).toBe(3)
  expect(await codeOf([{ do: 'spin' }, {}], '--timeout', '200', '--tolerate', '50%')).toBe(0)
})

test('3: the source breaks; what was read before is written', async () => {
  place.file('quote.csv', 'a,b\n1,2\n3,"open\n4,5\n')
  const { code, stderr } = await place.verify('quote.csv', '--out', 'quote.out', '--summary', 'quote.json')
  expect(code).toBe(3)
  expect(place.lines('quote.out')).toHaveLength(1)
  expect(JSON.parse(place.read('quote.json'))).toMatchObject({
    result: 'failed',
    failure: { name: 'FanfoldError', code: 'FANFOLD_CSV_UNCLOSED_QUOTE' },
  })
  expect(stderr).toMatch(/^✗ failed: 1 record verified in/)
  expect(stderr).toMatch(/\nfanfold: the quoted field that opens on line 3 of 'quote.csv' is not closed/)
})

test('3: an output that takes no more ends the run, with one line that says so', async () => {
  place.ndjson('full.ndjson', numbers(50_000))
  const { code, stderr } = await place.verify('full.ndjson', '--out', '/dev/full', '--summary', 'full.json')
  expect(code).toBe(3)
  expect(stderr).not.toContain('50,000 outcomes')
  expect(stderr).toMatch(/\nfanfold: the outcomes cannot be written to '\/dev\/full': ENOSPC: no space left on device/)
  expect(JSON.parse(place.read('full.json'))).toMatchObject({
    result: 'failed',
    failure: { code: 'FANFOLD_OUTPUT_FAILED' },
  })
})

test('3: an output that takes no more at the very end; the summary claims no written outcomes', async () => {
  place.ndjson('few.ndjson', numbers(3))
  const { code, stderr } = await place.verify('few.ndjson', '--out', '/dev/full')
  expect(code).toBe(3)
  expect(stderr).toMatch(/^✗ failed: 3 records verified/)
  expect(stderr).not.toContain('written     ')
})

test('3: a report that cannot be written is told', async () => {
  place.ndjson('one.ndjson', [{}])
  const { code, stderr } = await place.verify('one.ndjson', '--summary', '/dev/full')
  expect(code).toBe(3)
  expect(stderr).toMatch(/\nfanfold: the report cannot be written to '\/dev\/full': ENOSPC/)
  expect(stderr).not.toContain('written     ')
})

test('141: the reader of --out - has gone; there is no message, and the summary is written', async () => {
  place.ndjson('pipe.ndjson', numbers(200_000))
  const { stdout, stderr } = await place.shell(
    'fanfold verify pipe.ndjson --with $OBEDIENT --out - --summary pipe.json | head -1; echo ${PIPESTATUS[0]}',
  )
  expect(stdout).toMatch(/^\{"index":\d+,.*\}\n141\n$/)
  expect(stderr).toBe('')
  expect(JSON.parse(place.read('pipe.json'))).toMatchObject({ result: 'aborted' })
})

test('a reader who stops reading for a while gets every line', async () => {
  place.ndjson('slow.ndjson', numbers(100_000))
  const { stdout } = await place.shell(
    'fanfold verify slow.ndjson --with $OBEDIENT --out - --include all | (sleep 2; wc -l); echo ${PIPESTATUS[0]}',
  )
  expect(stdout).toBe('100000\n0\n')
})

test('a FIFO as --out gets every line', async () => {
  place.ndjson('fifo-read.ndjson', numbers(50_000))
  const { stdout } = await place.shell(
    'mkfifo read; fanfold verify fifo-read.ndjson --with $OBEDIENT --out read & wc -l < read; wait $!; echo $?',
  )
  expect(stdout).toBe('50000\n0\n')
})

test('3: a bug of ours in writing a line says so, and is no cancelled run', async () => {
  place.ndjson('bug.ndjson', [{ do: 'flag' }])
  place.file(
    'bug.mjs',
    `import { isMainThread } from 'node:worker_threads'
     const { set } = Uint8Array.prototype
     if (isMainThread) Buffer.prototype.set = function (bytes, at) {
       if (Buffer.from(bytes).includes('odd-name')) return bytes.no.such
       return set.call(this, bytes, at)
     }`,
  )
  const { code, stderr } = await place.shell(
    'NODE_OPTIONS="--import ./bug.mjs" fanfold verify bug.ndjson --with $OBEDIENT --out bug.out',
  )
  expect(code).toBe(3)
  expect(stderr).toMatch(
    /^fanfold: a bug of ours: Cannot read .*'such'\)\. Please report it with what --verbose adds\.\n$/,
  )
})

test('the code comes while a thread is stuck in native code, which holds an ordinary exit', async () => {
  place.ndjson('stuck.ndjson', [{}, { do: 'native' }, {}])
  const start = performance.now()
  const { code } = await place.verify('stuck.ndjson', '--timeout', '200ms', '--summary', 'stuck.json')
  expect(code).toBe(3)
  // The native call takes a minute; this usually 1.5 s.
  expect(performance.now() - start).toBeLessThan(30_000)
  expect(JSON.parse(place.read('stuck.json'))).toMatchObject({
    statuses: { timedOut: 1, completed: 2 },
    stuckThreads: [{ index: 1 }],
  })
})
