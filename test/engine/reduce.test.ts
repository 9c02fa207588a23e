import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { csv } from '@fanfold/core'
import type { ReduceError, Reduced, Run } from '@fanfold/core'
import { describe, expect, test } from 'vitest'
import { POOLS, engineOn } from '../conformance/pools.ts'
import { faults, progressWhere, runScript, tasks, tempFolder, testEngine } from './fixtures.ts'
import { ascending, indices, moduleOf, reduces, rejected } from './reductions.ts'
import type { Summary } from './verifiers/reduces.ts'

describe.for(POOLS)('in a pool of %s', (pool) => {
  test.for(['arrival', 'input'] as const)(
    'each task is folded once, in the threads of the verifier, in the order of %s',
    async (order) => {
      const run = engineOn(pool).run(faults, tasks(20_000), { order, shardSize: 500 })
      const { value, report } = await run.reduce(reduces)
      expect(value.sum).toBe((20_000 * 19_999) / 2)
      expect(order === 'input' ? value.indices : ascending(value.indices)).toEqual(indices(20_000))
      expect(report).toMatchObject({ result: 'succeeded', statuses: { completed: 20_000 } })
      // Of its threads, and not of the one that combines, which is in this process.
      expect(value.places.length).toBeLessThanOrEqual(2)
      const here = value.places.filter((place) => place.startsWith(`${process.pid}/`))
      expect(here).toHaveLength(pool === 'threads' ? value.places.length : 0)
    },
  )

  test.for(['arrival', 'input'] as const)(
    'what was verified before it was asked for is folded too, in the order of %s',
    async (order) => {
      const run = engineOn(pool).run(faults, tasks(3_000, { 7: { do: 'throw' } }), { order, shardSize: 100 })
      await progressWhere(run, ({ statuses }) => statuses.completed === 2_999)
      const { indices: folded } = await valueOf(run.reduce(reduces))
      expect(order === 'input' ? folded : ascending(folded)).toEqual(indices(3_000, 7))
    },
  )
})

/** Of a reduction that is rejected for being partial. */
async function valueOf(reduced: Promise<unknown>): Promise<Summary> {
  const error = await rejected(reduced)
  expect(error).toMatchObject({ name: 'ReduceError', code: 'FANFOLD_RUN_PARTIAL' })
  return (error as ReduceError).value as Summary // what the reducer makes
}

test.for([
  ['as it comes', false],
  ['by the thread that combines', true],
] as const)('a task is seen with its outcome and its item, %s', async ([, isLate]) => {
  const path = join(tempFolder(), 'a.csv')
  writeFileSync(path, 'id,n\na,1\nb,2\nc,3\n')
  const verifier = moduleOf(`
    import { flag, pass } from '${import.meta.resolve('@fanfold/workers')}'
    export default ({ id, n }) => (id === 'b' ? flag([{ reason: 'odd', path: '/n' }], [n]) : pass(Number(n)))
  `)
  const reducer = moduleOf(`export default {
    init: ({ config }) => [config.name],
    step: (list, task) => [...list, task],
    combine: (left, [name, ...right]) => [...left, ...right],
  }`)
  const run = testEngine().run(verifier, csv([path, path], { id: 'id' }), { order: 'input' })
  if (isLate) await progressWhere(run, ({ statuses }) => statuses.completed === 6)
  const { value } = await run.reduce<unknown[]>(reducer, { config: { name: 'all' } })
  const passed = { file: path, reason: undefined, issues: [], verdict: 'pass', checks: undefined }
  const odd = { ...passed, reason: 'odd', issues: [{ reason: 'odd', path: '/n' }], verdict: 'flag' }
  const expected = (from: number): object[] => [
    { ...passed, index: from, line: 2, id: 'a', item: { id: 'a', n: '1' }, value: 1 },
    { ...odd, index: from + 1, line: 3, id: 'b', item: { id: 'b', n: '2' }, value: ['2'] },
    { ...passed, index: from + 2, line: 4, id: 'c', item: { id: 'c', n: '3' }, value: 3 },
  ]
  expect(value).toEqual(['all', ...expected(0), ...expected(3)])
})

describe('of a chain', () => {
  const verifier = (): string =>
    moduleOf(`
      import { chain, flag, pass } from '${import.meta.resolve('@fanfold/workers')}'
      const later = async (answer) => (await null, answer)
      export default chain([
        { parse: (n) => (n === 'broken' ? (() => { throw new Error('no number') })() : true) },
        { small: (n) => (n > 3 ? flag('large', { by: n - 3 }) : true), known: (n) => (n % 2 ? later(pass(n)) : pass()) },
      ])
    `)
  const reducer = (): string =>
    moduleOf(`export default {
      init: () => [],
      step: (list, { item, verdict, reason, checks }) => {
        const { parse, small, known } = checks
        return [...list, [item, verdict, reason, parse.status, small.value, known.value]]
      },
      combine: (left, right) => [...left, ...right],
    }`)
  const numbers = [0, 1, 2, 'broken', 4, 5]
  const expected = [
    [0, 'pass', undefined, 'completed', undefined, undefined],
    [1, 'pass', undefined, 'completed', undefined, 1],
    [2, 'pass', undefined, 'completed', undefined, undefined],
    [4, 'flag', 'large', 'completed', { by: 1 }, undefined],
    [5, 'flag', 'large', 'completed', { by: 2 }, 5],
  ]

  test.for([false, true])('a task is seen with its checks (by the thread that combines: %s)', async (isLate) => {
    for (const pool of POOLS) {
      const run = engineOn(pool).run(verifier(), numbers, { order: 'input', tolerate: { count: 1 } })
      if (isLate) await progressWhere(run, ({ statuses }) => statuses.completed === 5)
      expect((await run.reduce(reducer())).value).toEqual(expected)
    }
  })
})

test('where no task was completed, it is what init gives', async () => {
  const { value, report } = await testEngine().run(faults, []).reduce(reduces)
  expect(value).toEqual({ sum: 0, indices: [], places: [] })
  expect(report.result).toBe('succeeded')
})

describe('a partial result does not pass as done:', () => {
  const all = tasks(100, { 5: { do: 'throw' }, 6: { do: 'exit' } })

  test('it rejects, with what was completed and the report', async () => {
    const run = testEngine().run(faults, all)
    const { indices: folded } = await valueOf(run.reduce(reduces))
    expect(ascending(folded)).toEqual(indices(100, 5, 6))
    expect((await run.report()).statuses).toMatchObject({ completed: 98, errored: 1, crashed: 1 })
  })

  test('it resolves within the tolerance that was given, and the report tells', async () => {
    const { value, report } = await testEngine()
      .run(faults, all, { tolerate: { count: 2 } })
      .reduce(reduces)
    expect(value.indices).toHaveLength(98)
    expect(report).toMatchObject({ result: 'partial', statuses: { completed: 98 } })
  })

  test('a run that fails, or is cancelled, rejects with its own code', async () => {
    const failing = testEngine().run(faults, tasks(50, { 9: { do: 'throw' } }), { tolerate: { count: 0 } })
    const failed = await rejected(failing.reduce(reduces))
    expect(failed).toMatchObject({ code: 'FANFOLD_RUN_FAILED', cause: { code: 'FANFOLD_TOLERANCE_EXCEEDED' } })
    const run = testEngine().run(faults, tasks(4, { 2: { do: 'never' } }))
    const reduced = rejected(run.reduce(reduces))
    await progressWhere(run, ({ statuses }) => statuses.completed === 3)
    run.cancel('enough')
    expect(await reduced).toMatchObject({ code: 'FANFOLD_RUN_ABORTED', value: { sum: 4 } })
  })

  test('a run that could not start rejects with the reason', async () => {
    const missing = testEngine().run('./no-such-verifier.ts', [1])
    expect(await rejected(missing.reduce(reduces))).toMatchObject({ code: 'FANFOLD_VERIFIER_NOT_FOUND' })
  })
})

/** It is rejected so, and its run is cancelled for that. */
async function failsWith(run: Run, reduced: Promise<Reduced>, code: string): Promise<Error> {
  const error = await rejected(reduced)
  expect(error).toMatchObject({ code })
  expect(await run.report()).toMatchObject({ result: 'aborted', failure: { code } })
  return error
}

describe('what a reducer does wrong ends the run, and is told:', () => {
  test.for([
    ['throw', /^step, for the task with index 33, of \S+reduces\.ts failed: too much of it\.$/],
    ['nothing', /^step, for the task with index 33, of \S+ failed: it returned nothing: return the accumulator\.$/],
    ['promise', /^step, for the task with index 33, of \S+ failed: it returned a promise/],
  ] as const)('a step that gives no accumulator (%s)', async ([step, message]) => {
    const all = tasks(100, { 33: { do: 'pass', step }, 99: { do: 'never' } })
    const run = testEngine().run(faults, all, { shardSize: 10 })
    const error = await failsWith(run, run.reduce(reduces), 'FANFOLD_REDUCER_FAILED')
    expect(error.message).toMatch(message)
    if (step === 'throw') expect(error.cause).toMatchObject({ name: 'RangeError', message: 'too much of it' })
    const late = testEngine().run(faults, all, { shardSize: 10 })
    await progressWhere(late, ({ statuses }) => statuses.completed === 99)
    const lateError = await failsWith(late, late.reduce(reduces), 'FANFOLD_REDUCER_FAILED')
    expect(lateError.message).toBe(error.message)
  })

  test('a step that makes an accumulator that cannot be sent', async () => {
    const items = tasks(3, { 0: { do: 'pass', step: 'function' }, 2: { do: 'never' } })
    // By itself in its part: the next step would put another accumulator in its place.
    const run = testEngine().run(faults, items, { shardSize: 1 })
    const error = await failsWith(run, run.reduce(reduces), 'FANFOLD_NOT_CLONEABLE')
    expect(error.message).toMatch(/^the accumulator of \S+reduces\.ts cannot be sent: .*Use plain data/)
  })

  test('an init that returns the same object again, which would be counted twice', async () => {
    const reducer = moduleOf(`
      const empty = { n: 0 }
      export default { init: () => empty, step: (a) => (a.n++, a), combine: (a, b) => ({ n: a.n + b.n }) }
    `)
    const run = testEngine().run(faults, tasks(1_000, { 999: { do: 'never' } }), { shardSize: 10 })
    const error = await failsWith(run, run.reduce(reducer), 'FANFOLD_REDUCER_FAILED')
    expect(error.message).toMatch(/^init of \S+ failed: it returned the same object again/)
  })

  test.for([
    ['throw', 'FANFOLD_REDUCER_FAILED', /^combine of \S+ failed: too much of it\.$/],
    ['hang', 'FANFOLD_REDUCER_TIMED_OUT', /^combine of the reducer \S+ took longer than 300 ms\./],
    ['exit', 'FANFOLD_REDUCER_FAILED', /^the thread of the reducer \S+ died: it exited with code 7\.$/],
  ] as const)('a combine that does not combine (%s)', async ([combine, code, message]) => {
    const run = testEngine().run(faults, tasks(1_000, { 999: { do: 'never' } }), { shardSize: 10 })
    const error = await failsWith(run, run.reduce(reduces, { config: { combine }, timeoutMs: 300 }), code)
    expect(error.message).toMatch(message)
  })

  test('a result that cannot be sent', async () => {
    const run = testEngine().run(faults, tasks(100), { shardSize: 10 })
    const error = await rejected(run.reduce(reduces, { config: { result: 'function' } }))
    expect(error).toMatchObject({ code: 'FANFOLD_NOT_CLONEABLE' })
  })

  test('a step that hangs in the thread that combines', async () => {
    const run = testEngine().run(faults, tasks(9, { 3: { do: 'pass', step: 'hang' }, 8: { do: 'never' } }))
    await progressWhere(run, ({ statuses }) => statuses.completed === 8)
    const error = await failsWith(run, run.reduce(reduces, { timeoutMs: 300 }), 'FANFOLD_REDUCER_TIMED_OUT')
    expect(error.message).toMatch(/^step, for the task with index 3, of the reducer \S+ took longer than 300 ms\./)
  })
})

describe('a reducer that cannot be loaded ends the run:', () => {
  test.for([
    ['is not there', './no-such-reducer.ts', /^there is no reducer module \S+no-such-reducer\.ts\./],
    ['has no reducer', 'export default { init() {}, step() {} }', /has no reducer as its default export/],
    ['throws', 'throw new Error("no database")', /could not be loaded: error: no database/],
  ] as const)('one that %s', async ([, given, message]) => {
    for (const pool of POOLS) {
      const run = engineOn(pool).run(faults, tasks(100, { 99: { do: 'never' } }))
      const reduced = run.reduce(given.startsWith('.') ? given : moduleOf(given))
      expect((await failsWith(run, reduced, 'FANFOLD_REDUCER_LOAD_FAILED')).message).toMatch(message)
    }
  })

  test.for([
    ['does not end', 'for (;;);'],
    ['never resolves', 'await new Promise((resolve) => setTimeout(resolve, 1e6))'],
  ] as const)('one whose module %s', async ([, text]) => {
    for (const pool of POOLS) {
      const run = engineOn(pool).run(faults, tasks(100, { 99: { do: 'never' } }))
      const reduced = run.reduce(moduleOf(text), { startTimeoutMs: 500 })
      const error = await failsWith(run, reduced, 'FANFOLD_REDUCER_LOAD_FAILED')
      expect(error.message).toMatch(/took longer than 500 ms\. Raise startTimeoutMs/)
    }
  })
})

describe('refused at once is', () => {
  test.for([
    ['an object of functions', { init: Number, step: Number, combine: Number }, 'a value of type object'],
    ['a function', () => 0, 'a function'],
  ] as const)('%s, with the remedy', async ([, reducer, kind]) => {
    const error = await rejected(
      testEngine()
        .run(faults, [])
        .reduce(reducer as never),
    ) // what the types refuse
    expect(error).toMatchObject({ code: 'FANFOLD_REDUCER_NOT_A_MODULE' })
    expect(error.message).toContain(`and is ${kind}`)
    expect(error.message).toContain('export default defineReducer(…)')
  })

  test('a configuration that cannot be sent, and an option that does not exist', async () => {
    const run = testEngine().run(faults, [])
    const uncloneable = run.reduce('./r.ts', { config: { look: () => 0 } })
    expect(await rejected(uncloneable)).toMatchObject({ code: 'FANFOLD_NOT_CLONEABLE' })
    const mistyped = run.reduce('./r.ts', { combine: 1 } as never)
    expect(await rejected(mistyped)).toMatchObject({ code: 'FANFOLD_BAD_OPTION' })
    // Nothing was taken by that.
    expect(await run.reduce(reduces)).toMatchObject({ value: { sum: 0 } })
  })

  test('a run whose outcomes are taken already, and the outcomes of one that is reduced', async () => {
    const run = testEngine().run(faults, tasks(10))
    const reduced = run.reduce(reduces)
    expect(() => run.batches()).toThrow(expect.objectContaining({ code: 'FANFOLD_RUN_CONSUMED' }))
    expect(await rejected(run.reduce(reduces))).toMatchObject({ code: 'FANFOLD_RUN_CONSUMED' })
    expect((await reduced).value.sum).toBe(45)
  })

  test('a run with a journal: a later one could not go on with what was folded', async () => {
    const path = join(tempFolder(), 'run.journal')
    const run = testEngine().run(faults, tasks(3), { journal: { path, sourceId: 'three' } })
    const error = await rejected(run.reduce(reduces))
    expect(error).toMatchObject({ code: 'FANFOLD_REDUCE_JOURNALED' })
    expect(error.message).toContain('Leave the journal out')
    expect(await run.report()).toMatchObject({ result: 'succeeded' })
  })
})

test('closing the engine ends a reduction, whatever its reducer does', async () => {
  const engine = testEngine()
  const hangs = engine.run(faults, tasks(1_000), { shardSize: 10 })
  const reduced = rejected(hangs.reduce(reduces, { config: { combine: 'hang' } }))
  const waits = rejected(engine.run(faults, tasks(2, { 1: { do: 'never' } })).reduce(reduces))
  await progressWhere(hangs, ({ statuses }) => statuses.completed === 1_000)
  expect(await engine.close()).toEqual({ stuckThreads: [], warnings: [] })
  expect((await reduced).message).toContain('the engine was closed')
  expect(await waits).toMatchObject({ code: 'FANFOLD_RUN_ABORTED' })
  expect(await rejected(hangs.reduce(reduces))).toMatchObject({ code: 'FANFOLD_RUN_CONSUMED' })
})

test('what a reducer prints goes to stderr, to the last line, and says whose it is', async () => {
  const path = moduleOf(`
    import { Engine } from '${import.meta.resolve('@fanfold/core')}'
    const engine = new Engine({ threads: 1 })
    const run = engine.run(process.argv[2], [1, 2, 3], { order: 'input', shardSize: 1 })
    console.log((await run.reduce(process.argv[3])).value)
    await engine.close()
  `)
  const reducer = moduleOf(`export default {
    init: () => [],
    step: (list, { index }) => (console.log('stepped'), [...list, index]),
    combine(left, right) {
      for (let i = 0; i < 1_000; i++) console.log('combined')
      return [...left, ...right]
    },
  }`)
  const verifier = moduleOf('export default (n) => n !== 2 || new Promise((resolve) => setTimeout(resolve, 5, true))')
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [path, verifier, reducer])
  expect(stdout).toBe('[ 0, 1, 2 ]\n')
  const counts: Record<string, number> = {}
  for (const line of stderr.trim().split('\n')) counts[line] = (counts[line] ?? 0) + 1
  // Each task is a shard by itself.
  expect(counts).toEqual({
    '[reducer] combined': 2_000,
    '[thread 1, task 0] stepped': 1,
    '[thread 1, task 1] stepped': 1,
    '[thread 1, task 2] stepped': 1,
  })
})

test('nothing is left of it: the process ends by itself', async () => {
  const printed = await runScript(`
    import { Engine } from '@fanfold/core'
    const engine = new Engine({ threads: 1 })
    const loaded = engine.load(${JSON.stringify(faults.href)})
    await loaded.ready
    const run = loaded.run([{ do: 'pass', n: 1 }, { do: 'pass', n: 2 }])
    console.log((await run.reduce(${JSON.stringify(reduces.href)})).value.sum)
  `)
  expect(printed).toBe('3\n')
})
