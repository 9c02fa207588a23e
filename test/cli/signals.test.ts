/** Signals come in stages: the first lets what runs come to its end, the second stops it, the third ends the process. */
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { OBEDIENT, Workplace, numbers, watch } from './testing/fanfold.ts'
import { APART_MS, FIRST, SECOND, accountOf, underWay } from './testing/under-way.ts'

const place = new Workplace()
afterAll(() => place.remove())

/** What is stopped now has 100 ms. */
const LONGER_MS = 500

test.each(['SIGINT', 'SIGTERM'] as const)(
  'the first %s lets what runs come to its end, writes what there is, and ends the process',
  async (name) => {
    const { child, said, ended } = await underWay(place, name, { until: `${name}.go` }, '--out', `${name}.out`)
    child.kill(name)
    await said(FIRST)
    await delay(LONGER_MS)
    place.file(`${name}.go`, '')
    const { code, signal, stderr } = await ended
    expect([code, signal]).toEqual([null, name])
    const { result, total, statuses } = accountOf(place, name)
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
  const options = ['--with', OBEDIENT, '--concurrency', '2', '--out', 'long.out', '--summary', 'long.json']
  const child = place.start('verify', 'long.ndjson', ...options)
  const { ended } = watch(child)
  await place.appeared('long.out')
  await expect.poll(() => place.lines('long.out').length, { timeout: 20_000 }).toBeGreaterThan(10)
  child.kill('SIGINT')
  const { signal, stderr } = await ended
  expect(signal).toBe('SIGINT')
  expect(accountOf(place, 'long')).toMatchObject({ result: 'aborted', sourceExhausted: false })
  expect(place.lines('long.out')).toHaveLength(accountOf(place, 'long').total)
  expect(stderr).toMatch(
    /^✗ aborted: [\d,]+ records verified in .* threads; [\d,]+ were read, the rest of the input was not\n/m,
  )
})

test('the second signal stops what runs; the summary is written, and the first signal is raised again', async () => {
  const { child, said, ended } = await underWay(place, 'second', { until: 'never' }, '--out', 'second.out')
  child.kill('SIGTERM')
  await said(FIRST)
  await delay(APART_MS)
  child.kill('SIGINT')
  const { signal, stderr } = await ended
  expect(signal).toBe('SIGTERM')
  expect(stderr).toMatch(/once more ends without a summary\n✗ aborted: 0 (of|records verified) /)
  const { result, total, statuses } = accountOf(place, 'second')
  expect({ result, aborted: statuses['aborted'] }).toEqual({ result: 'aborted', aborted: total })
  expect(place.lines('second.out')).toHaveLength(total)
})

test('the second signal ends a process that has a thread stuck in native code', async () => {
  const { child, said, ended } = await underWay(place, 'stuck', { do: 'native' })
  child.kill('SIGINT')
  await said(FIRST)
  await delay(APART_MS)
  child.kill('SIGINT')
  expect(await ended).toMatchObject({ signal: 'SIGINT', stderr: expect.stringContaining('stuck in native code') })
  expect(accountOf(place, 'stuck')).toMatchObject({ result: 'aborted', stuckThreads: [{ index: 0 }] })
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
  const { child, said, ended } = await underWay(place, 'third', { do: 'native' })
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
  const { child, said, ended } = await underWay(place, 'one', { until: 'one.go' })
  child.kill('SIGINT')
  child.kill('SIGTERM') // two of one name might be one before they arrive
  await said(FIRST)
  await delay(LONGER_MS)
  place.file('one.go', '')
  const { signal } = await ended
  expect(['SIGINT', 'SIGTERM']).toContain(signal)
  expect(accountOf(place, 'one')).toMatchObject({ statuses: { completed: 1 } })
})

test('with --progress json a signal adds no line for people', async () => {
  const { child, said, ended } = await underWay(place, 'json', { until: 'json.go' }, '--progress', 'json')
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
  const { ended } = watch(child)
  await place.appeared('setting-up')
  child.kill('SIGINT')
  const start = performance.now()
  const { signal, stderr } = await ended
  expect(signal).toBe('SIGINT')
  expect(performance.now() - start).toBeLessThan(15_000)
  expect(stderr).toBe('fanfold: interrupted by SIGINT before the run began: nothing was verified, nothing written.\n')
  expect(['setup.out', 'setup.json'].map((name) => place.read(name))).toEqual(['of yesterday', 'of yesterday'])
})
