/** Whoever reads what is written may be slow, stop, or go; a signal ends the process all the same. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { OBEDIENT, Workplace, end, numbers, watch } from './testing/fanfold.ts'
import { APART_MS, FIRST, SECOND, accountOf, underWay } from './testing/under-way.ts'

const place = new Workplace()
afterAll(() => place.remove())

/** One record in each thread, and none beside it. */
const TWO = ['--threads', '2', '--concurrency', '2']

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
  const options = ['--with', OBEDIENT, ...TWO, '--timeout', 'none', '--out', '-', '--summary', 'slow.json']
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
  expect(accountOf(place, 'slow')).toMatchObject({ result: 'aborted' })
  expect(stdout.split('\n')).toHaveLength(accountOf(place, 'slow').total + 1)
})

test('the second signal ends the process while the reader stalls and a record runs', async () => {
  place.ndjson('both.ndjson', [{ touch: 'both.runs', until: 'never' }, ...numbers(50_000)])
  await place.shell('mkfifo both')
  const reader = spawn('bash', ['-c', 'exec 3< both; exec sleep 60'], { cwd: place.path })
  const options = ['--with', OBEDIENT, ...TWO, '--timeout', 'none', '--out', 'both', '--summary', 'both.json']
  const child = place.start('verify', 'both.ndjson', ...options)
  try {
    const { said, ended } = watch(child)
    await place.appeared('both.runs')
    child.kill('SIGINT')
    await said('fanfold: interrupted: finishing ')
    await delay(APART_MS)
    child.kill('SIGINT')
    expect(await ended).toMatchObject({ signal: 'SIGINT', stderr: expect.stringContaining(SECOND) })
    expect(accountOf(place, 'both').statuses).toMatchObject({ aborted: expect.any(Number) })
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
  const { child, said, ended } = await underWay(place, 'full', { until: 'full.go' })
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
  const { child, said } = await underWay(place, 'closed', { until: 'closed.go' }, '--out', '-')
  const exited = once(child, 'exit')
  child.kill('SIGINT')
  await said(FIRST)
  const closed = once(child.stdout, 'close')
  child.stdout.destroy()
  await closed // the pipe itself is closed a moment later, and until then it takes a line
  place.file('closed.go', '')
  expect(await exited).toEqual([141, null])
  expect(accountOf(place, 'closed')).toMatchObject({ result: 'aborted', statuses: { completed: 1 } })
})

test('with stderr closed, both stages do what they do', async () => {
  const { child } = await underWay(place, 'mute', { until: 'never' }, '--out', 'mute.out')
  const exited = once(child, 'exit')
  child.stderr.destroy()
  child.kill('SIGINT')
  await expect.poll(() => place.lines('mute.out').length, { timeout: 20_000 }).toBeGreaterThan(0) // what was read is aborted
  await delay(APART_MS)
  child.kill('SIGINT')
  expect(await exited).toEqual([null, 'SIGINT'])
  expect(accountOf(place, 'mute')).toMatchObject({ statuses: { completed: 0 } })
})
