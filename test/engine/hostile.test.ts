import { join } from 'node:path'
import { writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { byIndex, collect, tempFolder, testEngine } from './fixtures.ts'

/** A verifier module with this text. */
function verifier(text: string): string {
  const path = join(tempFolder(), 'verifier.ts')
  writeFileSync(path, text)
  return path
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

test('a listener of the signal that throws changes no outcome, neither its own nor a neighbour’s', async () => {
  const path = verifier(`export default (x, c) => {
    if (x >= 10) return true
    c.signal.addEventListener('abort', () => { throw c.signal.reason })
    return new Promise(() => {})
  }`)
  const outcomes = byIndex(
    await collect(testEngine().run<number>(path, numbers(30), { timeoutMs: 100, concurrency: 8 })),
  )
  expect(outcomes.map(({ status }) => status)).toEqual(numbers(30).map((n) => (n < 10 ? 'timedOut' : 'completed')))
})

test('several loops over one iterator get every outcome once between them', async () => {
  const path = verifier('export default () => true')
  const iterator = testEngine().run<number>(path, numbers(20_000))[Symbol.asyncIterator]()
  const seen: number[] = []
  const loop = async (): Promise<void> => {
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
      seen.push(next.value.index)
      if (next.value.index % 500 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
  }
  await Promise.all([loop(), loop(), loop()])
  expect(seen.toSorted((a, b) => a - b)).toEqual(numbers(20_000))
})

test('closing a verifier right after a run was started lets the run end', async () => {
  const engine = testEngine()
  const loaded = engine.load<number>(verifier('export default () => true'))
  await loaded.ready
  const run = loaded.run(numbers(100))
  const closed = loaded.close()
  expect(await run.report()).toMatchObject({ result: 'succeeded', total: 100 })
  await closed
})

test('a value is the consumer’s own: to be changed, or moved on', async () => {
  const path = verifier(
    "import { pass } from '@fanfold/workers'\nexport default (x) => pass(new Uint8Array(1000).fill(x))".replace(
      '@fanfold/workers',
      import.meta.resolve('@fanfold/workers'),
    ),
  )
  for await (const batch of testEngine().run<number, unknown, Uint8Array>(path, numbers(40)).batches()) {
    for (let i = 0; i < batch.length; i++) {
      const outcome = batch.at(i)
      if (outcome.status !== 'completed') throw new Error(outcome.status)
      const { index, value } = outcome
      expect(value).toEqual(new Uint8Array(1000).fill(index))
      structuredClone(value!.fill(255), { transfer: [value!.buffer as ArrayBuffer] })
      expect(batch.at(i)).toMatchObject({ value: new Uint8Array(1000).fill(index) })
    }
  }
})

test('a verifier that fakes the clock and the timers is timed out all the same', async () => {
  const path = verifier(`
    performance.now = () => 0
    globalThis.setTimeout = globalThis.setInterval = globalThis.setImmediate = () => 0
    export default (x) => (x === 3 ? new Promise(() => {}) : true)
  `)
  const outcomes = byIndex(await collect(testEngine().run<number>(path, numbers(20), { timeoutMs: 150 })))
  expect(outcomes.filter(({ status }) => status !== 'completed')).toMatchObject([{ index: 3, status: 'timedOut' }])
})

test('answers that are no verdicts, however they are made up, are errored', async () => {
  const path = verifier(`
    const brand = Symbol.for('fanfold.verdict.1')
    const answers = [
      () => ({ [brand]: true, verdict: 'banana', issues: [] }),
      () => ({ [brand]: true, verdict: 'pass', issues: null }),
      () => Object.assign(() => {}, { toString() { throw new Error('no') } }),
      () => new Proxy({}, { has() { throw new Error('no') } }),
    ]
    export default async (x) => answers[x]()
  `)
  const run = testEngine().run<number>(path, numbers(4))
  const outcomes = byIndex(await collect(run))
  expect(outcomes.map(({ status }) => status)).toEqual(['errored', 'errored', 'errored', 'errored'])
  expect((await run.report()).threadsReplaced).toBe(0)
})

test('an AggregateError arrives with its errors, and one whose getter throws with all else', async () => {
  const path = verifier(`export default (x) => {
    if (x === 0) throw new AggregateError([new RangeError('inner')], 'both failed')
    throw Object.defineProperty(new TypeError('seen'), 'extra', { enumerable: true, get() { throw new Error('no') } })
  }`)
  const [aggregate, hostile] = byIndex(await collect(testEngine().run<number>(path, numbers(2))))
  expect(aggregate).toMatchObject({
    error: { name: 'AggregateError', message: 'both failed', errors: [{ name: 'RangeError', message: 'inner' }] },
  })
  expect(hostile).toMatchObject({ error: { name: 'TypeError', message: 'seen' } })
})
