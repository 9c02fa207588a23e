import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { JournalIdentity } from './frames.ts'
import { batchOf } from './testing/batches.ts'
import { JournalPlace } from './testing/journal-place.ts'
import { IDENTITY } from './testing/written.ts'

const place = new JournalPlace()
const { folder, start, running, begun, complete } = place

test('a new journal has nothing settled, and its lock is gone when it is closed', async () => {
  const { journal, settled, totals, isResumed } = await running('new')
  expect([settled.size, totals.statuses, isResumed]).toEqual([0, [0, 0, 0, 0, 0, 0], false])
  await expect(start('new')).rejects.toMatchObject({ code: 'FANFOLD_JOURNAL_LOCKED' })
  await journal.close()
  expect(existsSync(`${folder.path}/new.lock`)).toBe(false)
})

const TIMED_OUT = { name: 'FanfoldError', code: 'FANFOLD_TASK_TIMED_OUT' }

test('an unfinished one goes on with what is settled, and its account', async () => {
  await begun('unfinished')
  const { journal, settled, totals, isResumed } = await running('unfinished')
  expect(settled.toArray()).toEqual([0, 10])
  expect(isResumed).toBe(true)
  expect(totals).toMatchObject({ statuses: [8, 0, 2, 0, 0, 0], verdicts: [8, 0, 0] })
  expect(totals.slowest.slice(0, 6)).toEqual([3, 500, 7, 500, 0, 1])
  expect(totals.firstErrors).toEqual([
    { index: 3, status: 'timedOut', ...TIMED_OUT, message: 'task 3 ended badly' },
    { index: 7, status: 'timedOut', ...TIMED_OUT, message: 'task 7 ended badly' },
  ])
  await journal.close()
})

test('a complete one gives its report, and lets others have it', async () => {
  await complete('complete')
  for (let i = 0; i < 2; i++) {
    expect(await start('complete')).toEqual({ state: 'complete', report: { text: 'all is well' } })
  }
})

test('one that stopped at its limit is complete for the same limit, and goes on with a higher one', async () => {
  await complete('limited', 5)
  expect(await start('limited', { limit: 5 })).toMatchObject({ state: 'complete' })
  const { journal, settled } = await running('limited', { limit: 6 })
  expect(settled.size).toBe(5)
  await journal.close()
})

test('one whose run left something out is not complete', async () => {
  const { journal } = await running('aborted')
  journal.given(batchOf([{ index: 0 }, { index: 1, status: 'aborted' }]))
  journal.askedForNext()
  await journal.end({ report: {}, sourceExhausted: true, total: 2 })
  await journal.close()
  const again = await running('aborted')
  expect(again.settled.toArray()).toEqual([0, 1])
  await again.journal.close()
})

test("'never' refuses one that is there, and it stays as it is", async () => {
  await begun('never')
  const before = readFileSync(`${folder.path}/never`)
  await expect(start('never', { resume: 'never' })).rejects.toMatchObject({ code: 'FANFOLD_JOURNAL_EXISTS' })
  expect(readFileSync(`${folder.path}/never`)).toEqual(before)
  writeFileSync(`${folder.path}/none-yet`, '')
  await (await running('none-yet', { resume: 'never' })).journal.close()
})

test("'auto' goes on with an unfinished one, and moves a complete one away", async () => {
  await begun('auto')
  const first = await running('auto', { resume: 'auto' })
  expect(first.settled.size).toBe(10)
  await first.journal.close()
  await complete('auto-complete')
  writeFileSync(`${folder.path}/auto-complete.1`, 'an older one')
  const before = readFileSync(`${folder.path}/auto-complete`)
  // Whatever it was of: it starts anew.
  const other = { ...IDENTITY, source: { reading: {}, id: 'tomorrow' } }
  const second = await running('auto-complete', { resume: 'auto' }, other)
  expect(second.settled.size).toBe(0)
  expect(readFileSync(`${folder.path}/auto-complete.1`)).toEqual(before)
  await second.journal.close()
  await expect(start('auto', { resume: 'auto' }, other)).rejects.toMatchObject({ code: 'FANFOLD_JOURNAL_DIFFERENT' })
})

const INPUT = { name: 'a.csv', bytes: 1204, head: 'h', tail: 't' }
const OF_FILES: JournalIdentity = {
  ...IDENTITY,
  source: { reading: { format: 'csv', delimiter: ',' }, inputs: [INPUT, { ...INPUT, name: 'b.csv' }] },
  output: { only: 'all', path: 'o' },
}
const files = (inputs: readonly (typeof INPUT)[]): JournalIdentity => ({
  ...OF_FILES,
  source: { ...OF_FILES.source, inputs },
})

test.each<[string, JournalIdentity, string]>([
  ['size', files([INPUT, { ...INPUT, name: 'b.csv', bytes: 1310 }]), "input 2 'b.csv' had 1,204 bytes and has 1,310"],
  ['beginning', files([{ ...INPUT, head: 'x' }, INPUT]), "input 1 'a.csv' begins differently"],
  ['end', files([{ ...INPUT, tail: 'x' }, INPUT]), "input 1 'a.csv' ends differently"],
  ['number of inputs', files([INPUT]), 'there were 2 inputs and are 1'],
  [
    'format',
    { ...OF_FILES, source: { ...OF_FILES.source, reading: { format: 'lines' } } },
    "the source's format was 'csv' and is 'lines'; the source's delimiter was ',' and is not set",
  ],
  ['source id', { ...OF_FILES, source: { ...OF_FILES.source, id: 'x' } }, "the source id was not given and is 'x'"],
  ['order', { ...OF_FILES, order: 'input' }, "the order was 'arrival' and is 'input'"],
  ['output', { ...OF_FILES, output: { only: 'fail', path: 'o' } }, "the output's only was 'all' and is 'fail'"],
  ['configuration', { ...OF_FILES, config: 'x' }, "the verifier's configuration has changed. Redrive"],
  [
    'verifier',
    { ...OF_FILES, verifier: { url: 'file:///new.ts', sha256: 'x' } },
    "the verifier 'file:///new.ts' has changed (it was 'file:///verifier.ts'). Redrive",
  ],
])('another %s is refused, and named', async (what, other, difference) => {
  const name = `different ${what}`
  const { journal } = await running(name, {}, OF_FILES)
  await journal.close()
  const before = readFileSync(`${folder.path}/${name}`)
  const error = await start(name, {}, other).catch((error: unknown) => error)
  expect(error).toMatchObject({ code: 'FANFOLD_JOURNAL_DIFFERENT', message: expect.stringContaining(difference) })
  expect(readFileSync(`${folder.path}/${name}`)).toEqual(before)
  expect(existsSync(`${folder.path}/${name}.lock`)).toBe(false)
})

test('a file that was moved is the same source, and a verifier that was moved the same verifier', async () => {
  await (await running('moved', {}, OF_FILES)).journal.close()
  const moved = files([
    { ...INPUT, name: 'elsewhere/a.csv' },
    { ...INPUT, name: 'c.csv' },
  ])
  const again = await running('moved', {}, { ...moved, verifier: { url: 'file:///moved.ts', sha256: 'a' } })
  await again.journal.close()
})

test('a redrive takes another verifier, and from then on that is the one', async () => {
  await begun('redriven')
  const mended = { ...IDENTITY, verifier: { url: 'file:///verifier.ts', sha256: 'mended' }, config: 'new' }
  const first = await running('redriven', { redrive: true }, mended)
  expect(first.settled.toArray()).toEqual([0, 3, 4, 7, 8, 10])
  expect(first.totals).toMatchObject({ statuses: [8, 0, 0, 0, 0, 0], firstErrors: [] })
  expect(first.totals.slowest).not.toContain(500)
  await first.journal.close()
  await expect(start('redriven')).rejects.toMatchObject({ code: 'FANFOLD_JOURNAL_DIFFERENT' })
  const second = await running('redriven', {}, mended)
  expect(second.settled.toArray()).toEqual([0, 3, 4, 7, 8, 10])
  second.journal.given(batchOf([{ index: 3 }, { index: 7 }]))
  second.journal.askedForNext()
  await second.journal.end({ report: 'mended', sourceExhausted: true, total: 10 })
  await second.journal.close()
  // Nothing is left to redrive.
  expect(await start('redriven', { redrive: true }, mended)).toEqual({ state: 'complete', report: 'mended' })
})

test('a redrive runs the unsuccessful of a complete journal again, but not for another source', async () => {
  await begun('whole')
  const first = await running('whole')
  await first.journal.end({ report: {}, sourceExhausted: true, total: 10 })
  await first.journal.close()
  expect(await start('whole')).toMatchObject({ state: 'complete' })
  const other = { ...IDENTITY, source: { reading: {}, id: 'other' } }
  await expect(start('whole', { redrive: true }, other)).rejects.toThrow("the source id was 'test' and is 'other'")
  const again = await running('whole', { redrive: true, resume: 'never' })
  expect(again.settled.size).toBe(8)
  await again.journal.close()
})

test('it can be read who went on with it', async () => {
  await (await running('told')).journal.close()
  await (await running('told', { settings: { threads: '4' } })).journal.close()
  expect(readFileSync(`${folder.path}/told`, 'utf8')).toMatch(
    new RegExp(`"frame":"resumed",.*"pid":${process.pid},"settings":{"threads":"4"}}\n$`),
  )
})
