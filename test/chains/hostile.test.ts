import { writeFileSync } from 'node:fs'
import type { Outcome } from '@fanfold/core'
import { expect, test } from 'vitest'
import { byIndex, collect, testEngine } from '../engine/fixtures.ts'
import { verifierOf } from '../faults/pools.ts'

function ends({ checks = {} }: Outcome): Record<string, string> {
  return Object.fromEntries(Object.entries(checks).map(([name, it]) => [name, it.verdict ?? it.status]))
}

test('issues that a later check takes out are told as they were', async () => {
  const chained = verifierOf(`import { chain, flag, pass } from '@fanfold/workers'
    const form = (n) => (n === 1 ? flag('lone') : flag([{ reason: 'a', path: '/x' }, { reason: 'b' }]))
    const decide = (n, { checks }) => { while (checks.form.issues.shift()); return pass() }
    export default chain([form, decide])`)
  const run = testEngine({ threads: 1 }).run(chained, [1, 2])
  const outcomes = byIndex(await collect(run))
  expect(outcomes.map((outcome) => outcome.checks!['form']!.issues)).toEqual([
    [{ reason: 'lone' }],
    [{ reason: 'a', path: '/x' }, { reason: 'b' }],
  ])
  expect((await run.report()).result).toBe('succeeded')
})

test('a value that can be read once only costs its check nothing, and no other either', async () => {
  const chained = verifierOf(`import { chain, pass } from '@fanfold/workers'
    const once = () => { let reads = 0; return pass({ get x() { if (reads++ > 0) throw new Error('again'); return 1 } }) }
    export default chain([{ once, other: () => true }])`)
  const [outcome] = await collect(testEngine({ threads: 1 }).run(chained, [1]))
  expect(ends(outcome!)).toEqual({ once: 'pass', other: 'pass' })
  expect(outcome!.checks!['once']!.value).toEqual({ x: 1 })
})

test('a check whose listener of its signal throws is late, and costs no other its verdict', async () => {
  const chained = verifierOf(`import { chain, check, fail, pass } from '@fanfold/workers'
    const slow = (n, { signal }) => new Promise(() => signal.addEventListener('abort', () => { throw new Error('listener') }))
    export default chain([{ slow: check(slow, { goOnAfter: ['timedOut'] }), other: () => fail('no') }, { last: () => pass(1) }])`)
  const run = testEngine({ threads: 1 }).run(chained, [1], { timeoutMs: 300 })
  const [outcome] = await collect(run)
  expect(ends(outcome!)).toEqual({ slow: 'timedOut', other: 'fail', last: 'skipped' })
})

test('a check may be called as a property that every object has', async () => {
  const chained = verifierOf(`import { chain, check, fail, pass } from '@fanfold/workers'
    const toString = () => pass(1)
    const last = (n, { checks }) =>
      checks.toString?.value === 1 && checks.constructor === undefined && checks.__proto__ === undefined ? pass() : fail('no')
    export default chain([{ toString }, last])`)
  const [outcome] = await collect(testEngine({ threads: 1 }).run(chained, [1]))
  expect(ends(outcome!)).toEqual({ toString: 'pass', last: 'pass' })
})

test('a thread that loads another chain later, for its module was changed, is not used', async () => {
  const text = (names: string): string => `import { chain } from '@fanfold/workers'
    const a = () => true
    const b = () => false
    const crash = (n) => { if (n === 2) process.exit(3); return true }
    export default chain([{ ${names} }])`
  const path = verifierOf(text('a, b, crash'))
  const engine = testEngine({ threads: 2 })
  const loaded = engine.load(path)
  await loaded.ready
  writeFileSync(path, verifierText(text('b, a, crash')))
  const run = loaded.run([1, 2, 3, 4, 5, 6], { shardSize: 1 })
  const outcomes: Outcome[] = []
  const reading = (async () => {
    for await (const outcome of run) outcomes.push(outcome)
  })()
  // Both threads have ended with the one task that ends its thread: none is left that has the chain as it was.
  await expect(reading).rejects.toMatchObject({
    code: 'FANFOLD_VERIFIER_LOAD_FAILED',
    message: expect.stringContaining('was changed while it was in use') as string,
  })
  for (const outcome of outcomes.filter(({ status }) => status === 'completed'))
    expect(ends(outcome)).toEqual({ a: 'pass', b: 'fail', crash: 'pass' })
})

function verifierText(text: string): string {
  return text.replaceAll("'@fanfold/workers'", JSON.stringify(import.meta.resolve('@fanfold/workers')))
}

test.each([0, -1, 1.5, Number.NaN])('a prefetchSize of %s is refused when the verifier is loaded', async (size) => {
  const path = verifierOf(`export default { prefetchSize: ${size}, prefetch: (items) => items, verify: () => true }`)
  await expect(testEngine({ threads: 1 }).load(path).ready).rejects.toMatchObject({
    code: 'FANFOLD_BAD_OPTION',
    message: `the verifier's prefetchSize is ${size}. Use a whole number from 1.`,
  })
})

test.each([
  ['a verifier', 'export default verify'],
  ['a check', "import { chain } from '@fanfold/workers'\nexport default chain([{ asks: verify }])"],
])('%s that ends at once loses the permit of a call that it has not waited for', async (_what, end) => {
  const path = verifierOf(`${end}
    function verify(n, { limit }) {
      if (n === 0) { limit('crm', () => new Promise(() => {})).catch(() => {}); return true }
      if (n === 1) { limit('crm', () => new Promise(() => {})).catch(() => {}); throw new Error('at once') }
      return limit('crm', () => 1).then(() => true)
    }`)
  const engine = testEngine({ threads: 1, limits: { crm: { concurrency: 1 } } })
  const outcomes = byIndex(await collect(engine.run(path, [0, 1, 2, 3], { concurrency: 1, timeoutMs: 20_000 })))
  expect(outcomes.map(({ status }) => status)).toEqual(['completed', 'errored', 'completed', 'completed'])
  await expect.poll(() => engine.limits['crm']!.status()).toMatchObject({ held: 0, waiting: 0 })
})

test.each([
  ['a verifier', 'export default verify'],
  ['a check', "import { chain } from '@fanfold/workers'\nexport default chain([{ verify, other: () => true }])"],
])('%s may answer with a promise whose own then throws, or calls back at once', async (_what, end) => {
  const path = verifierOf(`${end}
    function verify(n) {
      const promise = Promise.resolve(true)
      if (n === 1) promise.then = () => { throw new Error('in then') }
      if (n === 2) promise.then = (resolve) => { resolve(true) }
      return promise
    }`)
  const run = testEngine({ threads: 1 }).run(path, [0, 1, 2, 3])
  const outcomes = byIndex(await collect(run))
  expect(outcomes.map(({ status }) => status)).toEqual(['completed', 'errored', 'completed', 'completed'])
  expect(outcomes[1]).toMatchObject({ error: { message: 'in then' } })
  expect((await run.report()).threadsReplaced).toBe(0)
})
