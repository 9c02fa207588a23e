import type { Outcome, RunOptions } from '@fanfold/core'
import { expect, test } from 'vitest'
import { collect, faults, tasks, testEngine, progressWhere } from './fixtures.ts'

/** A batch in which task 321 misbehaves: it alone is timed out, whatever its neighbours do. */
async function onlyTheCulprit(kind: string, neighbours: object, options: RunOptions): Promise<void> {
  const items = Array.from({ length: 1_000 }, (_, i) => (i === 321 ? { do: kind } : neighbours))
  const run = testEngine().run(faults, items, options)
  const outcomes = await collect(run)
  const unsuccessful = outcomes.filter(({ status }) => status !== 'completed')
  expect(unsuccessful.map(({ index, status }) => [index, status])).toEqual([[321, 'timedOut']])
  expect(unsuccessful[0]).toMatchObject({ attempts: 1, error: { code: 'FANFOLD_TASK_TIMED_OUT' } })
  expect(new Set(outcomes.map(({ index }) => index)).size).toBe(1_000)
  // Whoever looks for what took so long finds it.
  expect((unsuccessful[0] as Outcome).durationMs).toBeGreaterThanOrEqual(options.timeoutMs! * 0.9)
  const report = await run.report()
  // The slowest as the outcomes say it, whoever that is on a machine that starves its threads; the culprit is among them.
  const { index, durationMs } = outcomes.toSorted((a, b) => b.durationMs - a.durationMs)[0]!
  expect(report.slowest[0]).toEqual(asTold(index, durationMs))
  expect(report.slowest).toContainEqual(asTold(321, unsuccessful[0]!.durationMs))
  expect(report.statuses).toMatchObject({ completed: 999, timedOut: 1 })
}

test('an endless loop is timed out from outside, and no neighbour is', () =>
  onlyTheCulprit('spin', { do: 'pass' }, { timeoutMs: 200 }))

test('a regular expression that backtracks without end is timed out, and no neighbour is', () =>
  onlyTheCulprit('regex', { do: 'pass' }, { timeoutMs: 200 }))

test('a promise that never settles is timed out within its thread, which goes on', async () => {
  await onlyTheCulprit('never', { do: 'pass' }, { timeoutMs: 200 })
})

test('of 16 async tasks, the one that spins between two awaits is timed out, and no neighbour is', () =>
  onlyTheCulprit('spinBetweenAwaits', { do: 'sleep', n: 4 }, { timeoutMs: 200, concurrency: 16 }))

test('awaiting resolved promises for ever blocks a thread like a loop, and is timed out', () =>
  onlyTheCulprit('microtasks', { do: 'sleep', n: 1 }, { timeoutMs: 200, concurrency: 4 }))

test('a promise that never settles costs no thread', async () => {
  // Long enough for a thread of a busy machine not to stand still for as long by itself.
  const run = testEngine().run(faults, tasks(40, { 3: { do: 'never' }, 30: { do: 'never' } }), { timeoutMs: 1000 })
  await collect(run)
  expect(await run.report()).toMatchObject({ threadsReplaced: 0, statuses: { completed: 38, timedOut: 2 } })
})

test('tasks that never end are abandoned, and their thread is started anew before they pile up', async () => {
  const items = Array.from({ length: 120 }, (_, i) => ({ do: i % 2 === 0 ? 'never' : 'sleep', n: 1 }))
  const outcomes = await collect(testEngine({ threads: 1 }).run(faults, items, { timeoutMs: 50, concurrency: 32 }))
  const wrong = outcomes.filter(({ index, status }) => status !== (index % 2 === 0 ? 'timedOut' : 'completed'))
  expect(wrong).toEqual([])
})

test("the verifier's signal fires at the timeout", async () => {
  const outcomes = await collect(testEngine().run(faults, [{ do: 'cooperative' }, { do: 'pass' }], { timeoutMs: 100 }))
  expect(outcomes.find(({ index }) => index === 0)).toMatchObject({ status: 'timedOut' })
})

test('queueing is not charged: many slow tasks behind each other, each within its timeout', async () => {
  const items = Array.from({ length: 40 }, () => ({ do: 'busy', n: 30 }))
  const run = testEngine({ threads: 1 }).run(faults, items, { timeoutMs: 600 })
  expect((await run.report()).statuses.completed).toBe(40)
})

test('a main thread that is blocked for longer than the timeout makes no task late', async () => {
  const engine = testEngine()
  const loaded = engine.load<object>(faults)
  await loaded.ready
  const run = loaded.run(
    Array.from({ length: 200 }, () => ({ do: 'busy', n: 5 })),
    { timeoutMs: 1_000 },
  )
  const outcomes: Outcome[] = []
  for await (const outcome of run) {
    outcomes.push(outcome)
    if (outcomes.length % 100 === 0) block(1_500)
  }
  expect(outcomes.filter(({ status }) => status !== 'completed')).toEqual([])
})

function block(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}

test('a task that exits its thread is crashed after two attempts alone, and no neighbour is', async () => {
  const outcomes = await collect(testEngine().run(faults, tasks(60, { 20: { do: 'exit' } })))
  const unsuccessful = outcomes.filter(({ status }) => status !== 'completed')
  expect(unsuccessful).toMatchObject([
    { index: 20, status: 'crashed', attempts: 2, error: { code: 'FANFOLD_TASK_CRASHED' } },
  ])
})

test('while a culprit is looked for, the progress says how many suspects are to be tried', async () => {
  const items = tasks(40).map((_, n) => (n === 5 ? { do: 'exit' } : { do: 'sleep', n: 1 }))
  const run = testEngine({ threads: 1 }).run(faults, items, { concurrency: 20 })
  const outcomes = collect(run)
  const { suspects, held } = await progressWhere(run, (progress) => progress.suspects > 0)
  expect(suspects).toBeLessThanOrEqual(Math.min(20, held))
  expect((await outcomes).filter(({ status }) => status !== 'completed')).toMatchObject([{ index: 5 }])
  expect(run.progress()).toMatchObject({ state: 'ended', suspects: 0 })
})

test('a heap that runs full costs its own task only', async () => {
  const run = testEngine({ threads: 2, threadMemoryMb: 64 }).run(faults, tasks(60, { 20: { do: 'heap' } }))
  const unsuccessful = (await collect(run)).filter(({ status }) => status !== 'completed')
  expect(unsuccessful).toMatchObject([{ index: 20, status: 'crashed' }])
})

test('a thread that is stuck in native code is given up and named, and the batch ends without it', async () => {
  const engine = testEngine()
  const run = engine.run(faults, tasks(60, { 20: { do: 'native', n: 6 } }), { timeoutMs: 100 })
  const outcomes = await collect(run)
  expect(outcomes.filter(({ status }) => status !== 'completed')).toMatchObject([{ index: 20, status: 'timedOut' }])
  const report = await run.report()
  expect(report.stuckThreads).toMatchObject([{ index: 20 }])
  expect((await engine.close()).stuckThreads).toHaveLength(1)
})

test('when every thread is stuck, the run goes on with a new one', async () => {
  const engine = testEngine({ threads: 1 })
  const outcomes = await collect(engine.run(faults, tasks(20, { 5: { do: 'native', n: 6 } }), { timeoutMs: 100 }))
  expect(outcomes.filter(({ status }) => status !== 'completed')).toMatchObject([{ index: 5, status: 'timedOut' }])
})

/** An outcome's duration is of single precision. */
function asTold(index: number, durationMs: number): unknown {
  return { index, durationMs: expect.closeTo(durationMs, 2) as number }
}
