/** Signals come in stages: the first lets what runs come to its end, the second stops it, the third ends the process. */
import { spawn } from 'node:child_process'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { OBEDIENT, Workplace, end, numbers, watch } from './testing/fanfold.ts'
import type { Watched } from './testing/fanfold.ts'

const place = new Workplace()
afterAll(() => place.remove())

/** Two signals that are closer together than 100 ms are one. */
const APART_MS = 150
/** What is stopped now has 100 ms. */
const LONGER_MS = 500
const FIRST = 'fanfold: interrupted: finishing what runs; once more stops now\n'
const SECOND = 'fanfold: interrupted again: stopping now; once more ends without a summary\n'

interface Account {
  readonly result: string
  readonly total: number
  readonly statuses: Readonly<Record<string, number>>
}

/** A run on one thread whose first record is under way; others wait behind it, of which some are read. */
async function underWay(
  name: string,
  first: object,
  ...args: readonly string[]
): Promise<Watched & { readonly child: ChildProcessWithoutNullStreams }> {
  place.ndjson(`${name}.ndjson`, [{ touch: `${name}.runs`, ...first }, ...numbers(10)])
  const options = ['--with', OBEDIENT, '--threads', '1', '--timeout', 'none', '--summary', `${name}.json`]
  const child = place.start('verify', `${name}.ndjson`, ...options, ...args)
  const watched = watch(child)
  await place.appeared(`${name}.runs`)
  return { ...watched, child }
}

const accountOf = (name: string): Account => JSON.parse(place.read(`${name}.json`)) as Account

test.each(['SIGINT', 'SIGTERM'] as const)(
  'the first %s lets what runs come to its end, writes what there is, and ends the process',
  async (name) => {
    const { child, said, ended } = await underWay(name, { until: `${name}.go` }, '--out', `${name}.out`)
    child.kill(name)
    await said(FIRST)
    await delay(LONGER_MS)
    place.file(`${name}.go`, '')
    const { code, signal, stderr } = await ended
    expect([code, signal]).toEqual([null, name])
    const { result, total, statuses } = accountOf(name)
    expect({ result, completed: statuses['completed'] }).toEqual({ result: 'aborted', completed: 1 })
    const lines = place.lines(`${name}.out`)
    expect(lines.map(({ status }) => status)).toEqual(['completed', ...numbers(total - 1).map(() => 'aborted')])
    expect(lines[1]).toMatchObject({ error: { code: 'FANFOLD_RUN_ABORTED' } })
    expect(stderr).toContain(`why         the run was cancelled: interrupted by ${name}\n`)
    expect(stderr).not.toContain(SECOND)
  },
)

test('of a long input, the first signal leaves the rest unread', async () => {
  place.ndjson(
    'long.ndjson',
    numbers(5_000, () => ({ sleepMs: 20 })),
  )
  const child = place.start('verify', 'long.ndjson', '--with', OBEDIENT, '--out', 'long.out', '--summary', 'long.json')
  const { ended } = watch(child)
  await place.appeared('long.out')
  await expect.poll(() => place.lines('long.out').length, { timeout: 20_000 }).toBeGreaterThan(10)
  child.kill('SIGINT')
  const { signal, stderr } = await ended
  expect(signal).toBe('SIGINT')
  expect(accountOf('long')).toMatchObject({ result: 'aborted', sourceExhausted: false })
  expect(place.lines('long.out')).toHaveLength(accountOf('long').total)
  expect(stderr).toContain('note        the input was not read to its end\n')
})

test('the second signal stops what runs; the summary is written, and the first signal is raised again', async () => {
  const { child, said, ended } = await underWay('second', { until: 'never' }, '--out', 'second.out')
  child.kill('SIGTERM')
  await said(FIRST)
  await delay(APART_MS)
  child.kill('SIGINT')
  const { signal, stderr } = await ended
  expect(signal).toBe('SIGTERM')
  expect(stderr).toContain(`${SECOND}✗ aborted: 0 of `)
  const { result, total, statuses } = accountOf('second')
  expect({ result, aborted: statuses['aborted'] }).toEqual({ result: 'aborted', aborted: total })
  expect(place.lines('second.out')).toHaveLength(total)
})

test('the second signal ends a process that has a thread stuck in native code', async () => {
  const { child, said, ended } = await underWay('stuck', { do: 'native' })
  child.kill('SIGINT')
  await said(FIRST)
  await delay(APART_MS)
  child.kill('SIGINT')
  expect(await ended).toMatchObject({ signal: 'SIGINT', stderr: expect.stringContaining('stuck in native code') })
  expect(accountOf('stuck')).toMatchObject({ result: 'aborted', stuckThreads: [{ index: 0 }] })
})

test('the second signal does not wait for a teardown that takes its time', async () => {
  place.file(
    'slow-teardown.mjs',
    `import { writeFileSync } from 'node:fs'
     export default {
       verify: () => true,
       async teardown() {
         writeFileSync('tearing-down', '')
         await new Promise((resolve) => setTimeout(resolve, 60_000))
       },
     }`,
  )
  place.ndjson('teardown.ndjson', [1])
  const child = place.start('verify', 'teardown.ndjson', '--with', './slow-teardown.mjs', '--summary', 'teardown.json')
  const { ended } = watch(child)
  await place.appeared('tearing-down')
  child.kill('SIGINT')
  await delay(APART_MS)
  child.kill('SIGINT')
  const { signal, stderr } = await ended
  expect(signal).toBe('SIGINT')
  expect(stderr).toContain('the teardown of the verifier was not waited for')
  expect(stderr).not.toContain(FIRST)
  expect(JSON.parse(place.read('teardown.json'))).toMatchObject({ result: 'succeeded' })
})

test('the third signal ends the process there and then', async () => {
  const { child, said, ended } = await underWay('third', { do: 'native' })
  child.kill('SIGINT')
  await said(FIRST)
  await delay(APART_MS)
  child.kill('SIGINT')
  await said(SECOND) // from now on it waits a second for the thread
  await delay(APART_MS)
  child.kill('SIGTERM')
  const { signal, stderr } = await ended
  expect(signal).toBe('SIGTERM')
  expect(stderr).not.toContain('aborted')
  expect(place.read('third.json')).toBe('')
})

test('two signals within a moment are one: npm passes on what the process has had already', async () => {
  const { child, said, ended } = await underWay('one', { until: 'one.go' })
  child.kill('SIGINT')
  child.kill('SIGTERM') // two of one name might be one before they arrive
  await said(FIRST)
  await delay(LONGER_MS)
  place.file('one.go', '')
  const { signal } = await ended
  expect(['SIGINT', 'SIGTERM']).toContain(signal)
  expect(accountOf('one')).toMatchObject({ statuses: { completed: 1 } })
})

test('with --progress json a signal adds no line for people', async () => {
  const { child, said, ended } = await underWay('json', { until: 'json.go' }, '--progress', 'json')
  child.kill('SIGINT')
  await said('"state":"ending"')
  place.file('json.go', '')
  const { signal, stderr } = await ended
  expect(signal).toBe('SIGINT')
  expect(stderr.split('\n').filter((line) => line !== '' && !line.startsWith('{'))).toEqual([])
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

test('while what runs is being finished, a reader who is only slow gets every line', async () => {
  place.ndjson('slow.ndjson', [{ touch: 'slow.runs', until: 'slow.go' }, ...numbers(50_000)])
  const options = ['--with', OBEDIENT, '--threads', '2', '--timeout', 'none', '--out', '-', '--summary', 'slow.json']
  const child = place.start('verify', 'slow.ndjson', ...options)
  child.stdout.pause()
  const told = once(child.stderr, 'data')
  await place.appeared('slow.runs')
  child.kill('SIGINT')
  await told
  await delay(1_500) // longer than anybody is waited for who stalls at the end
  const lines = end(child)
  place.file('slow.go', '')
  const { signal, stdout } = await lines
  expect(signal).toBe('SIGINT')
  expect(accountOf('slow')).toMatchObject({ result: 'aborted' })
  expect(stdout.split('\n')).toHaveLength(accountOf('slow').total + 1)
})

test('the second signal ends the process while the reader stalls and a record runs', async () => {
  place.ndjson('both.ndjson', [{ touch: 'both.runs', until: 'never' }, ...numbers(50_000)])
  await place.shell('mkfifo both')
  const reader = spawn('bash', ['-c', 'exec 3< both; exec sleep 60'], { cwd: place.path })
  const options = ['--with', OBEDIENT, '--threads', '2', '--timeout', 'none', '--out', 'both', '--summary', 'both.json']
  const child = place.start('verify', 'both.ndjson', ...options)
  try {
    const { said, ended } = watch(child)
    await place.appeared('both.runs')
    child.kill('SIGINT')
    await said(FIRST)
    await delay(APART_MS)
    child.kill('SIGINT')
    expect(await ended).toMatchObject({ signal: 'SIGINT', stderr: expect.stringContaining(SECOND) })
    expect(accountOf('both').statuses).toMatchObject({ aborted: expect.any(Number) })
  } finally {
    child.kill('SIGKILL')
    reader.kill('SIGKILL')
  }
})

test('a report that nobody reads holds no process that was interrupted', async () => {
  // Another writer has filled the pipe.
  await place.shell('mkfifo full.json')
  const reader = spawn('bash', ['-c', 'exec 3<> full.json; head -c 65536 /dev/zero >&3; echo full; exec sleep 60'], {
    cwd: place.path,
  })
  await once(reader.stdout, 'data')
  const { child, said, ended } = await underWay('full', { until: 'full.go' })
  try {
    child.kill('SIGINT')
    await said(FIRST)
    place.file('full.go', '')
    expect(await ended).toMatchObject({
      signal: 'SIGINT',
      stderr: expect.stringContaining("cannot be written to 'full.json'"),
    })
  } finally {
    child.kill('SIGKILL')
    reader.kill('SIGKILL')
  }
})

test('a closed stdout is 141 also after a signal', async () => {
  const { child, said } = await underWay('closed', { until: 'closed.go' }, '--out', '-')
  const exited = once(child, 'exit')
  child.kill('SIGINT')
  await said(FIRST)
  child.stdout.destroy()
  place.file('closed.go', '')
  expect(await exited).toEqual([141, null])
  expect(accountOf('closed')).toMatchObject({ result: 'aborted', statuses: { completed: 1 } })
})

test('with stderr closed, both stages do what they do', async () => {
  const { child } = await underWay('mute', { until: 'never' }, '--out', 'mute.out')
  const exited = once(child, 'exit')
  child.stderr.destroy()
  child.kill('SIGINT')
  await expect.poll(() => place.lines('mute.out').length, { timeout: 20_000 }).toBeGreaterThan(0) // what was read is aborted
  await delay(APART_MS)
  child.kill('SIGINT')
  expect(await exited).toEqual([null, 'SIGINT'])
  expect(accountOf('mute')).toMatchObject({ statuses: { completed: 0 } })
})
