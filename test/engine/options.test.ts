import { Engine, csv, files, lines, ndjson, verify } from '@fanfold/core'
import { expect, test } from 'vitest'
import { faults, testEngine } from './fixtures.ts'

const NO_OPTIONS: readonly unknown[] = [null, 5, 'timeoutMs', [], () => {}, AbortSignal.abort()]

/** Calls from JavaScript, where no type holds. */
const never = (value: unknown): never => value as never

test('what is no object of options is refused, with the call and what it takes', async () => {
  const engine = testEngine()
  const loaded = engine.load(faults)
  for (const given of NO_OPTIONS) {
    const calls: Readonly<Record<string, () => unknown>> = {
      'new Engine()': () => new Engine(never(given)),
      'engine.load()': () => engine.load(faults, never(given)),
      'run()': () => loaded.run([], never(given)),
      'files()': () => files('*', never(given)),
      'ndjson()': () => ndjson('x', never(given)),
      'csv()': () => csv('x', never(given)),
      'lines()': () => lines('x', never(given)),
      'toNdjson()': () => loaded.run([]).toNdjson(never(given)),
      'cancel()': () => loaded.run([]).cancel('enough', never(given)),
    }
    for (const [call, make] of Object.entries(calls)) expect(make).toThrow(refusal(call))
    expect(() => engine.run(faults, [], never(given))).toThrow(refusal('run()'))
    await expect(loaded.check({}, never(given))).rejects.toEqual(refusal('check()'))
    await expect(verify(faults, [], never(given))).rejects.toEqual(refusal('verify()'))
    await expect(loaded.run([]).watch(never(given)).next()).rejects.toEqual(refusal('watch()'))
  }
})

test('an option that a source does not know is refused', () => {
  expect(() => ndjson('x', never({ ids: 'a' }))).toThrow('ndjson() has no option ids. Known are maxRecordBytes, id.')
  expect(() => csv('x', never({ delimeter: ';' }))).toThrow(
    'csv() has no option delimeter. Known are maxRecordBytes, header, delimiter, id.',
  )
  expect(() => lines('x', never({ id: 'a' }))).toThrow('lines() has no option id. Known are maxRecordBytes.')
})

test('the remedy names what there is', () => {
  expect(() => files('*', never(null))).toThrow(
    'the options of files() are null: give an object (known are folder, exclude), or nothing.',
  )
})

test('null is no value of an option', () => {
  const engine = testEngine()
  const loaded = engine.load(faults)
  expect(() => loaded.run([], never({ retry: null }))).toThrow('retry is null: use { retries: 2 }.')
  expect(() => loaded.run([], never({ concurrency: null }))).toThrow(
    "concurrency is null: use 'auto', or a whole number from 1.",
  )
  expect(() => engine.load(faults, never({ check: { maxQueued: null } }))).toThrow('check.maxQueued is null')
  expect(() => files('*', never({ folder: null }))).toThrow('folder of files() is null: use a path')
})

function refusal(call: string): unknown {
  const message: unknown = expect.stringContaining(`the options of ${call} are `)
  return expect.objectContaining({ code: 'FANFOLD_BAD_OPTION', message })
}
