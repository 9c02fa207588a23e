/** A run with a journal is killed, or interrupted, at random moments, and goes on; in the end nothing shows of it. */
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { OBEDIENT, Workplace, numbers, watch } from '../cli/testing/fanfold.ts'
import { APART_MS } from '../cli/testing/under-way.ts'
import { BUSY, JournaledRun, accountIn } from './testing/journaled-run.ts'
import type { Reference } from './testing/journaled-run.ts'

const RECORDS = 3_000
/** Of each of the twelve ways of running below: 60 in all. */
const KILLS = 5
const SEED = Number(process.env['FANFOLD_SEED'] ?? Date.now() % 1_000_000)
const random = randomFrom(SEED)

const place = new Workplace()
let reference: Reference

beforeAll(async () => {
  console.log(`kills: FANFOLD_SEED=${SEED}`)
  place.ndjson('in.ndjson', numbers(RECORDS))
  const args = ['--order', 'input', '--no-timings', '--out', 'alone.out', '--summary', 'alone.json']
  const { code } = await place.fanfold('verify', 'in.ndjson', '--with', BUSY, ...args)
  expect(code).toBe(3) // some records are errored
  reference = { out: place.read('alone.out'), account: accountIn(place, 'alone.json') }
  expect(place.lines('alone.out')).toHaveLength(RECORDS)
})
afterAll(() => place.remove())

const ways = (['threads', 'processes'] as const).flatMap((pool) =>
  [1, 2, 4].flatMap((threads) =>
    (['arrival', 'input'] as const).map((order) => ({ pool, threads: String(threads), order })),
  ),
)

test.each(ways)(
  'killed at random moments, a run on $threads $pool in the order of $order ends as if left alone',
  async ({ pool, threads, order }) => {
    const name = `${pool}-${threads}-${order}`
    const run = new JournaledRun(place, name, order, [
      'in.ndjson',
      '--with',
      BUSY,
      '--pool',
      pool,
      '--threads',
      threads,
    ])
    for (let kills = 0; kills < KILLS;) {
      const { code, signal, stderr } = await run.killedAt(momentOf(run))
      if (signal === 'SIGKILL') {
        kills++
        run.expectNoIndexTwice()
      } else {
        expect([code, stderr]).toEqual([3, expect.stringContaining('verified')])
        run.expectAs(reference)
        run.startOver()
      }
    }
    const { code, stderr } = await run.finish()
    expect([code, stderr]).toEqual([3, expect.stringContaining('! partial: ')])
    run.expectAs(reference)
  },
)

/** By what has appeared in the files, so that it is spread over the run however fast the machine is. */
function momentOf(run: JournaledRun): (pid: number) => boolean {
  const kind = random()
  if (kind < 0.15) return (pid) => run.isLockedBy(pid)
  if (kind < 0.5) {
    const journalBytes = run.size('journal') + 1 + random() * 1_500
    return () => run.size('journal') >= journalBytes
  }
  const before = run.size('out')
  let isCutOff = before === 0
  const outBytes = before + (reference.out.length - before) * random() * 0.6
  // What is behind the last frame is cut off when the run goes on.
  return (pid) => {
    isCutOff ||= run.isLockedBy(pid)
    return isCutOff && run.size('out') >= outBytes
  }
}

test.each([
  ['once', 'arrival'],
  ['twice', 'arrival'],
  ['once', 'input'],
  ['twice', 'input'],
] as const)('interrupted %s, a run in the order of %s goes on to the same end', async (times, order) => {
  const name = `interrupted-${times}-${order}`
  // One record in their midst goes on until it is let go.
  place.ndjson(
    `${name}.ndjson`,
    numbers(400, (n) =>
      n === 100 ? { touch: `${name}.runs`, until: `${name}.go` } : { do: n % 7 === 2 ? 'flag' : '' },
    ),
  )
  const args = [`${name}.ndjson`, '--with', OBEDIENT, '--threads', '2', '--timeout', 'none', '--order', order]
  const common = [...args, '--no-timings', '--journal', `${name}.journal`, '--out', `${name}.out`]
  const child = place.start('verify', ...common)
  const { said, ended } = watch(child)
  await place.appeared(`${name}.runs`)
  await expect.poll(() => place.read(`${name}.out`)).not.toBe('')
  child.kill('SIGINT')
  // One or two records run at that moment.
  await said('fanfold: interrupted: finishing the ')
  if (times === 'twice') {
    await delay(APART_MS)
    child.kill('SIGINT')
  } else {
    place.file(`${name}.go`, '')
  }
  const interrupted = await ended
  expect(interrupted.signal).toBe('SIGINT')
  expect(interrupted.stderr).toMatch(/\n {2}next {8}fanfold verify .* --journal .* --resume\n$/)
  const statuses = place
    .read(`${name}.out`)
    .split('\n')
    .slice(0, -1)
    .map((line) => (JSON.parse(line) as { readonly status: string }).status)
  if (times === 'twice') expect(statuses).toContain('aborted')
  if (order === 'arrival') expect(statuses.lastIndexOf('completed')).toBeLessThan(statuses.indexOf('aborted') >>> 0)

  place.file(`${name}.go`, '')
  const { code, stderr } = await place.fanfold('verify', ...common, '--resume', '--summary', `${name}.json`)
  const isSettled = (status: string): boolean => status !== 'aborted'
  const firstAborted = statuses.findIndex((status) => !isSettled(status))
  // In the order of input nothing is settled behind the first that is not.
  const ahead = order === 'input' && firstAborted >= 0 ? statuses.slice(0, firstAborted) : statuses
  const settled = ahead.filter(isSettled).length
  const told = settled === 400 ? 'this run was complete' : `${settled} records settled before, `
  expect([code, stderr]).toEqual([0, expect.stringContaining(`\n  resumed     ${told}`)])
  const alone = await place.fanfold('verify', ...args, '--no-timings', '--out', 'all.out', '--summary', 'all.json')
  expect(alone.code).toBe(0)
  expect(place.lines(`${name}.out`)).toEqual(place.lines('all.out'))
  if (order === 'input') expect(place.read(`${name}.out`)).toBe(place.read('all.out'))
  expect(accountIn(place, `${name}.json`)).toEqual(accountIn(place, 'all.json'))
})

/** Mulberry32: the same numbers for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let bits = Math.imul(state ^ (state >>> 15), 1 | state)
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
  }
}
