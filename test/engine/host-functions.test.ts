import type { Outcome } from '@fanfold/core'
import { describe, expect, test } from 'vitest'
import { POOLS, engineOn } from '../conformance/pools.ts'
import { byIndex, collect, testEngine } from './fixtures.ts'

const calling = new URL('./verifiers/calls-host.ts', import.meta.url)

function errorOf(outcome: Outcome | undefined): Error & { code?: string } {
  return (outcome as Outcome & { error: Error }).error // an unsuccessful one
}

describe.for(POOLS)('in a pool of %s', (pool) => {
  test('a verifier calls functions of the main thread, in setup too', async () => {
    const double = (n: number): number => 2 * n
    const options = { hostFunctions: { double }, config: { setup: true }, concurrency: 4 }
    const items = Array.from({ length: 50 }, (_, n) => ({ do: 'double', n }))
    const outcomes = byIndex(await collect(engineOn(pool).run(calling, items, options)))
    expect(outcomes.map((outcome) => outcome.status === 'completed' && outcome.value)).toEqual(
      items.map(({ n }) => [2 * n, 42]),
    )
  })

  test('an error arrives whole', async () => {
    const fail = (message: string): never => {
      throw Object.assign(new RangeError(message), { code: 'OWN', cause: new Error('why') })
    }
    const [outcome] = await collect(engineOn(pool).run(calling, [{ do: 'fail' }], { hostFunctions: { fail } }))
    expect(errorOf(outcome)).toMatchObject({ name: 'RangeError', message: 'not today', code: 'OWN' })
    expect(errorOf(outcome).cause).toMatchObject({ message: 'why' })
  })

  test('what cannot be sent is an error of that call, in either direction', async () => {
    const hostFunctions = { giveBackFunction: () => () => {}, double: (n: number) => n }
    const run = engineOn(pool).run(calling, [{ do: 'giveBackFunction' }, { do: 'giveFunction' }], { hostFunctions })
    const [back, there] = byIndex(await collect(run))
    expect(errorOf(back)).toMatchObject({ code: 'FANFOLD_NOT_CLONEABLE' })
    expect(errorOf(back).message).toContain("the host function 'giveBackFunction'")
    expect(errorOf(there)).toMatchObject({ code: 'FANFOLD_NOT_CLONEABLE' })
  })

  test('a thread that dies while a call is pending costs its task only', async () => {
    const hostFunctions = { wait: () => new Promise<void>(() => {}), double: (n: number) => n }
    const items = [{ do: 'exitWhileWaiting' }, ...Array.from({ length: 20 }, (_, n) => ({ do: 'double', n }))]
    const outcomes = byIndex(await collect(engineOn(pool).run(calling, items, { hostFunctions })))
    expect(outcomes.map(({ status }) => status)).toEqual(['crashed', ...Array<string>(20).fill('completed')])
  })

  test('a call does not outlive its task, nor the engine', async () => {
    const hostFunctions = { wait: () => new Promise<void>(() => {}) }
    const engine = engineOn(pool)
    const options = { hostFunctions, timeoutMs: 200 }
    const [late] = await collect(engine.run(calling, [{ do: 'wait' }], options))
    expect(late).toMatchObject({ status: 'timedOut' })
    const run = engine.run(calling, [{ do: 'wait' }, { do: 'wait' }], { hostFunctions })
    const outcomes = collect(run)
    await expect.poll(() => run.progress().running).toBe(2)
    await engine.close()
    expect((await outcomes).map(({ status }) => status)).toEqual(['aborted', 'aborted'])
  })
})

test('a call that nobody waits for is made all the same', async () => {
  const notes: string[] = []
  const hostFunctions = { note: (text: string) => void notes.push(text) }
  const items = [0, 1, 2].map((n) => ({ do: 'note', n }))
  const outcomes = await collect(testEngine().run(calling, items, { hostFunctions }))
  expect(outcomes.map(({ status }) => status)).toEqual(Array(3).fill('completed'))
  await expect.poll(() => notes.toSorted()).toEqual(['task 0', 'task 1', 'task 2'])
})

test('a function that was not given is an error that names those that were', async () => {
  const hostFunctions = { double: (n: number) => n }
  const [outcome] = await collect(testEngine().run(calling, [{ do: 'unknown' }], { hostFunctions }))
  expect(errorOf(outcome)).toMatchObject({ code: 'FANFOLD_HOST_FUNCTION_UNKNOWN' })
  expect(errorOf(outcome).message).toContain("without a host function 'nowhere'. It has 'double'.")
})

describe('a host function that begins something on the engine of its caller', () => {
  test.each(['run', 'check'] as const)('by %s gets an error instead of a deadlock', async (how) => {
    const engine = testEngine({ threads: 1 })
    const nested = async (): Promise<unknown> => {
      const inner = [{ do: 'double', n: 1 }]
      return how === 'run' ? engine.run(calling, inner).report() : loaded.check(inner[0]!)
    }
    const loaded = engine.load<object>(calling, { hostFunctions: { nested } })
    const [outcome] = await collect(loaded.run([{ do: 'nested' }]))
    expect(errorOf(outcome)).toMatchObject({ code: 'FANFOLD_NESTED_RUN' })
  })

  test('may use another engine', async () => {
    const other = testEngine({ threads: 1 })
    const nested = async (): Promise<unknown> => {
      const report = await other
        .run(calling, [{ do: 'double' }], { hostFunctions: { double: (n: number) => n } })
        .report()
      return report.statuses.completed
    }
    const [outcome] = await collect(testEngine().run(calling, [{ do: 'nested' }], { hostFunctions: { nested } }))
    expect(outcome).toMatchObject({ status: 'completed', value: 1 })
  })
})

test('host functions that are none are refused', () => {
  const engine = testEngine()
  expect(() => engine.load(calling, { hostFunctions: { double: 5 } as never })).toThrow(
    'hostFunctions.double is 5: use a function.',
  )
  expect(() => engine.load(calling, { hostFunctions: 5 as never })).toThrow('hostFunctions is 5: use { lookUp')
})
