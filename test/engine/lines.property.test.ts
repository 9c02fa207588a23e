import v8 from 'node:v8'
import { syncBuiltinESMExports } from 'node:module'
import { text } from 'node:stream/consumers'
import type { LineOptions, Outcome, OutcomeKind, Run } from '@fanfold/core'
import { afterEach, describe, expect, test } from 'vitest'
import { POOLS, engineOn } from '../conformance/pools.ts'
import { collect, progressWhere, tempFolder } from './fixtures.ts'
import { randomSource } from './random-sources.ts'
import { oneOf, randomOf } from './verifiers/answers.ts'

const answers = new URL('./verifiers/answers.ts', import.meta.url)
const SEED = Number(process.env['FANFOLD_SEED'] ?? Math.floor(Math.random() * 1e6))
const RUNS = 25
const TASKS = 60
const KINDS: readonly OutcomeKind[] = ['pass', 'flag', 'fail', 'errored', 'timedOut', 'crashed', 'aborted']

const { deserialize } = v8
afterEach(() => {
  v8.deserialize = deserialize
  syncBuiltinESMExports()
})

/** How often this thread decodes an outcome from now on. */
function countDecoded(): { count: number } {
  const decoded = { count: 0 }
  v8.deserialize = (bytes) => {
    decoded.count++
    return deserialize(bytes)
  }
  syncBuiltinESMExports()
  return decoded
}

/** Settled to the last task before anybody asks for a line: the main thread has to write them all. */
async function written(run: Run, options: LineOptions, total: number): Promise<string> {
  await progressWhere(run, ({ statuses }) => Object.values(statuses).reduce((a, b) => a + b, 0) === total)
  return text(run.toNdjson(options))
}

/** What a line has of its outcome, but for values and records. */
function plainPart(outcome: Outcome): unknown {
  const { index, line, file, id, status, attempts } = outcome
  const place = { index, line, file, id: typeof id === 'string' ? id.toWellFormed() : id, status, attempts }
  if (outcome.status === 'completed') return { ...place, verdict: outcome.verdict, reason: outcome.reason }
  return { ...place, name: String(outcome.error?.name), message: outcome.error?.message }
}

function plainPartOf(text: string): unknown {
  const { index, line, file, id, status, attempts, verdict, reason, error } = JSON.parse(text)
  const place = { index, line, file, id, status, attempts }
  if (status === 'completed') return { ...place, verdict, reason }
  return { ...place, name: error.name, message: error.message }
}

function randomOptions(seed: number): LineOptions {
  const random = randomOf(seed)
  const only = KINDS.filter(() => random() < 0.6)
  return {
    include: oneOf(random, ['none', 'attention', 'all']),
    timings: false,
    ...(random() < 0.5 ? {} : { only }),
  }
}

describe.each(POOLS)('in %s', (pool) => {
  test('lines are the same bytes, whether a thread or the main thread writes them', async () => {
    const engine = engineOn(pool)
    const folder = tempFolder()
    for (let seed = SEED; seed < SEED + RUNS; seed++) {
      const makeSource = randomSource(seed, TASKS, folder)
      const options = randomOptions(seed)
      const start = (): Run => engine.run(answers, makeSource(), { config: { seed }, order: 'input' })
      const atOnce = start()
      const fromThreads = await text(atOnce.toNdjson(options))
      const { total } = await atOnce.report()
      const fromHere = await written(start(), options, total)
      if (options.only === undefined) {
        const outcomes = await collect(start())
        expect(fromThreads.split('\n').slice(0, -1).map(plainPartOf)).toEqual(outcomes.map(plainPart))
      }
      if (fromThreads !== fromHere) expect([`seed ${seed}`, fromThreads]).toEqual([`seed ${seed}`, fromHere])
    }
  })

  test('on the main thread nothing is decoded, when lines are asked for at once', async () => {
    const engine = engineOn(pool)
    const config = { seed: SEED }
    const loaded = engine.load(answers, { config })
    await loaded.ready
    const numbers = Array.from({ length: 300 }, (_, n) => n)
    const atOnce = loaded.run(numbers)
    const lines = atOnce.toNdjson({ include: 'all' })
    // The report has the first errors, for which it decodes them.
    const decoded = countDecoded()
    await text(lines)
    expect(decoded.count).toBeLessThanOrEqual(10)
    const late = loaded.run(numbers)
    await written(late, { include: 'all' }, 300)
    expect(decoded.count).toBeGreaterThan(50)
  })
})
