import { truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ndjson } from '@fanfold/core'
import { expect, test } from 'vitest'
import { byIndex, collect, faults, progressWhere, staged, tasks, tempFolder, testEngine } from './fixtures.ts'

test('every thread gets the config as it was when it was given, one that is started later too', async () => {
  const config = { at: { first: 'then' } }
  const loaded = testEngine({ threads: 1 }).load<object, object, { config: unknown }>(faults, { config })
  config.at.first = 'changed while it loads'
  await loaded.ready
  config.at.first = 'changed later'
  const run = loaded.run([{ do: 'exit' }, ...Array.from({ length: 20 }, () => ({ do: 'context' }))])
  const outcomes = byIndex(await collect(run))
  expect(outcomes[0]).toMatchObject({ status: 'crashed' })
  for (const outcome of outcomes.slice(1))
    expect(outcome).toMatchObject({ value: { config: { at: { first: 'then' } } } })
  expect((await run.report()).threadsReplaced).toBeGreaterThan(0)
})

test('a typed array whose buffer is taken away costs the tasks that were not sent, and no other run', async () => {
  const folder = tempFolder()
  const [log, gate] = [join(folder, 'log'), join(folder, 'gate')]
  const engine = testEngine()
  const numbers = new Float64Array(4)
  const run = engine.run(staged, numbers, { config: { log, gate }, concurrency: 2 })
  const collected = collect(run)
  // Each thread has one number, and the others are read already.
  await progressWhere(run, ({ running, read }) => running === 2 && read === 4)
  structuredClone(numbers.buffer, { transfer: [numbers.buffer] })
  const other = engine.run(faults, tasks(500)).report()
  writeFileSync(gate, '')
  const takenAway = { status: 'errored', attempts: 0, error: { code: 'FANFOLD_NOT_CLONEABLE' } }
  expect(byIndex(await collected)).toMatchObject([
    { status: 'completed' },
    { status: 'completed' },
    takenAway,
    takenAway,
  ])
  expect(await run.report()).toMatchObject({ result: 'partial', threadsReplaced: 0 })
  expect(await other).toMatchObject({ result: 'succeeded', total: 500 })
})

test('a typed array whose buffer is taken away before it is read is a source that broke', async () => {
  const folder = tempFolder()
  const [log, gate] = [join(folder, 'log'), join(folder, 'gate')]
  const numbers = new Float64Array(100_000)
  const run = testEngine().run(staged, numbers, { config: { log, gate }, concurrency: 2 })
  const report = run.report()
  await progressWhere(run, ({ running }) => running === 2)
  structuredClone(numbers.buffer, { transfer: [numbers.buffer] })
  writeFileSync(gate, '')
  expect(await report).toMatchObject({ result: 'failed', sourceExhausted: false, threadsReplaced: 0 })
})

test('an array that is shortened while it is read fails the run, and what was read and not sent yet is errored', async () => {
  const items = Array.from({ length: 300_000 }, () => ({ do: 'pass' }))
  const run = testEngine().run(faults, items)
  let taken = 0
  const errors = new Set<string>()
  const taking = (async () => {
    for await (const batch of run.batches()) {
      if (taken === 0) items.length = 10
      for (let at = 0; at < batch.length; at++) {
        const outcome = batch.at(at)
        if (outcome.status !== 'completed') errors.add(outcome.error?.message ?? 'none')
      }
      taken += batch.length
    }
  })()
  await expect(taking).rejects.toMatchObject({ code: 'FANFOLD_SOURCE_FAILED' })
  const { result, sourceExhausted, total, statuses, failure } = await run.report()
  expect({ result, sourceExhausted, total }).toEqual({ result: 'failed', sourceExhausted: false, total: 300_000 })
  expect(statuses.completed + statuses.errored).toBe(taken)
  expect(statuses).toMatchObject({ aborted: 300_000 - taken, timedOut: 0, crashed: 0 })
  for (const error of errors) expect(error).toContain('taken out of the array before it was sent')
  expect(taken).toBeLessThan(300_000)
  expect(failure?.message).toBe(
    'the array has 10 items now, and had 300000 when the run began. ' +
      'Give the run a copy if it is changed meanwhile.',
  )
})

test('a file that is cut short while it is read fails the run: what was lost is not taken for its end', async () => {
  const path = join(tempFolder(), 'shrinks.ndjson')
  // 96 bytes: blocks end at the ends of records, where nothing else shows that more were to come.
  writeFileSync(path, `${JSON.stringify({ do: 'pass' }).padEnd(95)}\n`.repeat(200_000))
  const run = testEngine().run(faults, ndjson(path))
  let taken = 0
  const taking = (async () => {
    for await (const { length } of run.batches()) {
      if (taken === 0) truncateSync(path, 0)
      taken += length
    }
  })()
  await expect(taking).rejects.toMatchObject({ code: 'FANFOLD_SOURCE_FAILED' })
  const { result, sourceExhausted, total, failure } = await run.report()
  expect({ result, sourceExhausted, total }).toEqual({ result: 'failed', sourceExhausted: false, total: taken })
  expect(failure?.message).toMatch(/it has \d+ bytes now, and had 19200000 when the run began/)
})

test.each(['throwShared', 'throwKey'])(
  'an error with a field that cannot be stored arrives without it: %s',
  async (kind) => {
    const run = testEngine().run(faults, tasks(20, { 7: { do: kind } }))
    const unsuccessful = (await collect(run)).filter(({ status }) => status !== 'completed')
    expect(unsuccessful).toMatchObject([{ index: 7, status: 'errored', attempts: 1, error: { kept: 1 } }])
    expect(await run.report()).toMatchObject({ threadsReplaced: 0, statuses: { completed: 19, errored: 1 } })
  },
)

test('an id that points at a whole object is no id, however deep the object is', async () => {
  const path = join(tempFolder(), 'deep.ndjson')
  const deep = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`
  const ids = ['{"a":1}', '[1,2]', deep, '"k"', '7', 'true', 'null']
  writeFileSync(path, ids.map((id) => `{"do":"pass","key":${id}}`).join('\n'))
  for (const id of ['/key', 'key']) {
    const run = testEngine().run(faults, ndjson(path, { id }))
    const outcomes = byIndex(await collect(run))
    expect(outcomes.map(({ status }) => status)).toEqual(ids.map(() => 'completed'))
    expect(outcomes.map((outcome) => outcome.id)).toEqual([undefined, undefined, undefined, 'k', 7, true, undefined])
    expect((await run.report()).threadsReplaced).toBe(0)
  }
})
