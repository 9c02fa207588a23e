import { describe, expect, test } from 'vitest'
import { byIndex, collect } from '../engine/fixtures.ts'
import { POOLS, numbers, testEngine, verifierOf } from './pools.ts'

/** What is thrown, as the verifier writes it, and what arrives. */
const THROWN: readonly (readonly [name: string, thrown: string, arrives: object])[] = [
  ['an Error', `new Error('plain')`, { name: 'Error', message: 'plain' }],
  [
    'a built-in subclass',
    `new RangeError('out of range')`,
    { name: 'RangeError', message: 'out of range', stack: expect.stringContaining('verifier.mjs') as unknown },
  ],
  [
    'a subclass of its own',
    `new (class BillingError extends Error { name = 'BillingError'; code = 'E_BILLING' })('cannot be billed')`,
    { name: 'BillingError', message: 'cannot be billed', code: 'E_BILLING' },
  ],
  [
    'an Error with causes',
    `new Error('outer', { cause: new TypeError('middle', { cause: 'a text' }) })`,
    { message: 'outer', cause: { name: 'TypeError', message: 'middle', cause: 'a text' } },
  ],
  [
    'an Error that is its own cause',
    `(() => { const e = new Error('round'); e.cause = e; return e })()`,
    { message: 'round', cause: { message: 'round' } },
  ],
  [
    'an Error with own fields',
    `Object.assign(new Error('with fields'), { customer: { id: 7n }, seen: new Set([1]), f: () => 1 })`,
    { message: 'with fields', customer: { id: 7n }, seen: new Set([1]), f: '() => 1' },
  ],
  ['a string', `'just a text'`, { cause: 'just a text', message: expect.stringContaining('just a text') as unknown }],
  ['null', 'null', { cause: null, message: expect.stringContaining('null') as unknown }],
  ['undefined', 'undefined', { cause: undefined, message: expect.stringContaining('undefined') as unknown }],
  [
    'a symbol',
    `Symbol('mark')`,
    { cause: 'Symbol(mark)', message: expect.stringContaining('Symbol(mark)') as unknown },
  ],
  ['a function', '() => 1', { cause: '() => 1' }],
  ['an object', '({ reason: 1 })', { cause: { reason: 1 } }],
  ['a proxy that throws', `new Proxy(new Error('hidden'), new Proxy({}, { get() { throw new Error('no') } }))`, {}],
  ['a revoked proxy', `(() => { const r = Proxy.revocable({}, {}); r.revoke(); return r.proxy })()`, {}],
  [
    'a frozen Error without a stack',
    `Object.freeze(Object.assign(new Error('cold'), { stack: 1 }))`,
    { message: 'cold' },
  ],
]

const TEXT = `
  const thrown = [${THROWN.map(([, text]) => `() => (${text})`).join(', ')}]
  const throwIt = (n) => { throw thrown[n >> 2]() }
  // In four ways: at once, after an await, as a rejection from the start, and not at all.
  export default (n) => {
    if (n % 4 === 0) throwIt(n)
    if (n % 4 === 1) return new Promise((resolve) => setTimeout(resolve, 1)).then(() => throwIt(n))
    return n % 4 === 2 ? Promise.reject(thrown[n >> 2]()) : true
  }
`

describe.each(POOLS)('in %s', (pool) => {
  test('whatever is thrown or rejected with arrives as an error of that task, and costs no thread', async () => {
    const path = verifierOf(TEXT)
    const run = testEngine({ pool, threads: 2 }).run<number>(path, numbers(4 * THROWN.length), { concurrency: 4 })
    const outcomes = byIndex(await collect(run))
    expect(outcomes).toHaveLength(4 * THROWN.length)
    for (const outcome of outcomes) {
      const [name, , arrives] = THROWN[outcome.index >> 2]!
      const expected = outcome.index % 4 === 3 ? { status: 'completed' } : { status: 'errored', error: arrives }
      expect(outcome, name).toMatchObject({ attempts: 1, ...expected })
      if (outcome.status === 'errored') {
        expect(outcome.error, name).toBeInstanceOf(Error)
        if (!('message' in arrives)) expect(outcome.error.message, name).toMatch(/\S/)
      }
    }
    expect(await run.report()).toMatchObject({
      result: 'partial',
      statuses: { completed: THROWN.length, errored: 3 * THROWN.length, crashed: 0 },
      threadsReplaced: 0,
    })
  })
})
