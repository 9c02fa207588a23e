import { join } from 'node:path'
import { ndjson } from '@fanfold/core'
import { describe, expect, test } from 'vitest'
import { byIndex, collect, progressWhere, tempFolder, untilWritten, counted } from '../engine/fixtures.ts'
import { POOLS, numbers, testEngine, unsuccessful, verifierOf } from './pools.ts'

/** Each task fails in one way until its attempt is `good`. */
const FLAKY = `
  import { appendFileSync } from 'node:fs'
  import { pass } from '@fanfold/workers'
  export default {
    retryable: (error) => error.message !== 'for good',
    verify({ kind, good = Infinity }, { attempt, config }) {
      if (config.log !== undefined) appendFileSync(config.log, kind + '\\n')
      if (attempt >= good) return pass(attempt)
      if (kind === 'throw') throw new Error('attempt ' + attempt)
      if (kind === 'exit') process.exit(9)
      if (kind === 'spin') for (;;);
      if (kind === 'never') return new Promise(() => {})
      if (kind === 'final') throw Object.assign(new Error('final'), { retryable: false })
      if (kind === 'refused') throw new Error('for good')
      if (kind === 'verdict') return 'no verdict'
      if (kind === 'value') return pass(() => 1)
      return pass(attempt)
    },
  }
`
interface Flaky {
  readonly kind: string
  readonly good?: number
}

describe.each(POOLS)('in %s', (pool) => {
  test('a throw, a timeout and a crash are retried, each as often as its own number says', async () => {
    const items: Flaky[] = [
      { kind: 'throw', good: 3 },
      { kind: 'throw' },
      { kind: 'never', good: 2 },
      { kind: 'spin' },
      { kind: 'exit', good: 4 },
      { kind: 'exit' },
      { kind: 'pass' },
    ]
    const run = testEngine({ pool, threads: 2 }).run<Flaky>(verifierOf(FLAKY), items, {
      timeoutMs: 200,
      retry: { retries: 2, timeouts: 1, crashes: 2, backoff: 'none' },
    })
    expect(byIndex(await collect(run))).toMatchObject([
      { status: 'completed', attempts: 3, value: 3 },
      { status: 'errored', attempts: 3, error: { message: 'attempt 3' } },
      { status: 'completed', attempts: 2, value: 2 },
      { status: 'timedOut', attempts: 2 },
      { status: 'completed', attempts: 4, value: 4 },
      { status: 'crashed', attempts: 4 },
      { status: 'completed', attempts: 1, value: 1 },
    ])
    expect(await run.report()).toMatchObject({
      statuses: { completed: 4, errored: 1, timedOut: 1, crashed: 1 },
      // A first death alone is looked at again at once: that belongs to the crash, and is no retry.
      retries: 2 + 2 + 1 + 1 + 2 + 2,
    })
  })

  test('one number says nothing of the others', async () => {
    const items: Flaky[] = [
      { kind: 'throw', good: 2 },
      { kind: 'never', good: 2 },
      { kind: 'exit', good: 3 },
    ]
    for (const [retry, statuses] of [
      [{ retries: 1 }, ['completed', 'timedOut', 'crashed']],
      [{ timeouts: 1 }, ['errored', 'completed', 'crashed']],
      [{ crashes: 1 }, ['errored', 'timedOut', 'completed']],
    ] as const) {
      const options = { timeoutMs: 150, retry: { ...retry, backoff: 'none' } } as const
      const outcomes = await collect(testEngine({ pool, threads: 2 }).run<Flaky>(verifierOf(FLAKY), items, options))
      expect(byIndex(outcomes).map(({ status }) => status)).toEqual(statuses)
    }
  })

  test('what would be the same again is not tried again', async () => {
    const log = join(tempFolder(), 'log')

    const kinds = ['final', 'refused', 'verdict', 'value', 'pass']
    const text = ['{"kind":', ...kinds.map((kind) => JSON.stringify({ kind }))].join('\n')
    const source = ndjson(new Blob([text]).stream())
    const run = testEngine({ pool, threads: 1 }).run(verifierOf(FLAKY), source, {
      config: { log },
      retry: { retries: 5, timeouts: 5, crashes: 5, backoff: 'none' },
    })
    const outcomes = byIndex(await collect(run))
    expect(unsuccessful(outcomes)).toMatchObject([
      { index: 0, status: 'errored' },
      { index: 1, error: { message: 'final' }, attempts: 1 },
      { index: 2, error: { message: 'for good' }, attempts: 1 },
      { index: 3, error: { code: 'FANFOLD_BAD_VERDICT' }, attempts: 1 },
      { index: 4, error: { code: 'FANFOLD_NOT_CLONEABLE' }, attempts: 1 },
    ])
    expect((await run.report()).retries).toBe(0)
    expect(counted(log)).toEqual(Object.fromEntries(kinds.map((kind) => [kind, 1])))
  })

  test('a task that waits for its next attempt is held, and holds no thread up', async () => {
    const items: Flaky[] = [{ kind: 'throw' }, ...numbers(500).map(() => ({ kind: 'pass' }))]
    const run = testEngine({ pool, threads: 1 }).run<Flaky>(verifierOf(FLAKY), items, {
      // Its wait is a random share of a minute: this seldom comes to an end here, and never before the others.
      retry: { retries: 1_000_000, baseMs: 60_000 },
    })
    const outcomes = run[Symbol.asyncIterator]()
    const others: number[] = []
    while (others.length < 500) others.push((await outcomes.next()).value!.index)
    expect(others.toSorted((a, b) => a - b)).toEqual(numbers(501).slice(1))
    const { held, statuses } = await progressWhere(run, (progress) => progress.held === 1)
    expect({ held, statuses }).toMatchObject({ held: 1, statuses: { completed: 500, errored: 0 } })
    run.cancel('enough')
    expect(await outcomes.next()).toMatchObject({ value: { index: 0, status: 'aborted' } })
    expect(await outcomes.next()).toMatchObject({ done: true })
    expect(await run.report()).toMatchObject({ result: 'aborted', total: 501, statuses: { aborted: 1 } })
  })

  test('closing the engine does not wait for a task that waits', async () => {
    const log = join(tempFolder(), 'log')
    const engine = testEngine({ pool, threads: 1 })
    const run = engine.run<Flaky>(verifierOf(FLAKY), [{ kind: 'throw' }], {
      config: { log },
      retry: { retries: 1_000_000, baseMs: 60_000 },
    })
    await untilWritten(log, { throw: 1 })
    await progressWhere(run, ({ waiting }) => waiting === 1)
    await engine.close()
    expect(await run.report()).toMatchObject({ result: 'aborted', statuses: { aborted: 1 } })
  })
})
