import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { OBEDIENT, Workplace, end, numbers } from './testing/fanfold.ts'

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

test.each(['SIGINT', 'SIGTERM'] as const)('%s cancels, writes what there is, and ends the process', async (name) => {
  place.ndjson(
    'long.ndjson',
    numbers(5_000, () => ({ sleepMs: 20 })),
  )
  const out = `${name}.out`
  const child = place.start('verify', 'long.ndjson', '--with', OBEDIENT, '--out', out, '--summary', `${name}.json`)
  const ended = end(child)
  await expect.poll(() => place.lines(out).length, { timeout: 20_000 }).toBeGreaterThan(10)
  child.kill(name)
  const { code, signal, stderr } = await ended
  expect([code, signal]).toEqual([null, name])
  const report = JSON.parse(place.read(`${name}.json`)) as { result: string; total: number }
  expect(report).toMatchObject({ result: 'aborted', sourceExhausted: false })
  expect(place.lines(out)).toHaveLength(report.total)
  expect(place.lines(out).at(-1)).toMatchObject({ status: 'aborted', error: { code: 'FANFOLD_RUN_ABORTED' } })
  expect(stderr).toContain(`why         the run was cancelled: interrupted by ${name}\n`)
})

test('a signal while the verifier is being set up ends the process soon, and nothing is written over', async () => {
  place.file(
    'slow-setup.mjs',
    `import { writeFileSync } from 'node:fs'
     writeFileSync('setting-up', '')
     await new Promise((resolve) => setTimeout(resolve, 60_000))
     export default () => true`,
  )
  place.ndjson('none.ndjson', [1])
  place.file('setup.out', 'of yesterday')
  place.file('setup.json', 'of yesterday')
  const targets = ['--out', 'setup.out', '--summary', 'setup.json']
  const child = place.start('verify', 'none.ndjson', '--with', './slow-setup.mjs', ...targets)
  const ended = end(child)
  await expect.poll(() => existsSync(join(place.path, 'setting-up')), { timeout: 20_000 }).toBe(true)
  child.kill('SIGINT')
  const start = performance.now()
  const { signal, stderr } = await ended
  expect(signal).toBe('SIGINT')
  expect(performance.now() - start).toBeLessThan(15_000)
  expect(stderr).toBe('fanfold: interrupted by SIGINT before the run began: nothing was verified, nothing written.\n')
  expect(['setup.out', 'setup.json'].map((name) => place.read(name))).toEqual(['of yesterday', 'of yesterday'])
})

test('a signal while --out is a FIFO that nobody reads ends the process, and nothing is written over', async () => {
  place.ndjson('fifo.ndjson', [{}])
  place.file('fifo.json', 'of yesterday')
  await place.shell('mkfifo fifo')
  const child = place.start('verify', 'fifo.ndjson', '--with', OBEDIENT, '--out', 'fifo', '--summary', 'fifo.json')
  const ended = end(child)
  // It waits from when the threads are set up; a signal before that ends it in the same way.
  await delay(1_500)
  child.kill('SIGINT')
  expect(await ended).toMatchObject({ signal: 'SIGINT', stderr: expect.stringContaining('nothing was verified') })
  expect(place.read('fifo.json')).toBe('of yesterday')
})

test('a FIFO as --out gets every line', async () => {
  place.ndjson('fifo-read.ndjson', numbers(50_000))
  const { stdout } = await place.shell(
    'mkfifo read; fanfold verify fifo-read.ndjson --with $OBEDIENT --out read & wc -l < read; wait $!; echo $?',
  )
  expect(stdout).toBe('50000\n0\n')
})

test.each(['SIGINT', 'SIGTERM'] as const)('one %s ends the process while the reader of a FIFO stalls', async (name) => {
  place.ndjson('stall.ndjson', numbers(50_000))
  const [fifo, summary] = [`stall-${name}`, `stall-${name}.json`]
  await place.shell(`mkfifo ${fifo}`)
  const reader = spawn('bash', ['-c', `exec 3< ${fifo}; echo open; exec sleep 60`], { cwd: place.path })
  const child = place.start('verify', 'stall.ndjson', '--with', OBEDIENT, '--out', fifo, '--summary', summary)
  try {
    const ended = end(child)
    await once(reader.stdout, 'data') // both ends are open now
    await delay(2_000) // and more was made than a pipe holds
    child.kill(name)
    const soon = await Promise.race([ended, delay(10_000, undefined, { ref: false })])
    expect(soon).toMatchObject({ signal: name, stderr: expect.stringContaining('its reader took nothing for 1 s') })
    expect(soon?.stderr).not.toContain(`${fifo}: `)
    expect(JSON.parse(place.read(summary))).toMatchObject({ failure: { code: 'FANFOLD_OUTPUT_FAILED' } })
  } finally {
    child.kill('SIGKILL')
    reader.kill('SIGKILL')
  }
})

test('one SIGINT ends the process while the reader of stdout stalls', async () => {
  place.ndjson('stall.ndjson', numbers(50_000))
  const child = place.start('verify', 'stall.ndjson', '--with', OBEDIENT, '--out', '-', '--progress', 'none')
  try {
    const exited = once(child, 'exit') // nobody reads
    await delay(3_000)
    child.kill('SIGINT')
    expect(await Promise.race([exited, delay(10_000, undefined, { ref: false })])).toEqual([null, 'SIGINT'])
  } finally {
    child.kill('SIGKILL')
  }
})

test('3: a bug of ours in writing a line says so, and is no cancelled run', async () => {
  place.ndjson('bug.ndjson', [{ do: 'flag' }])
  place.file(
    'bug.mjs',
    `import { isMainThread } from 'node:worker_threads'
     const { stringify } = JSON
     if (isMainThread) JSON.stringify = (value) => (value === 'odd-name' ? value.no.such : stringify(value))`,
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
