import { defineVerifier, fail, flag, pass } from '@fanfold/workers'
import type { Answer, Issue } from '@fanfold/workers'

/** Numbers from 0 to below 1 that are the same for the same seed. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

type Random = () => number

export function oneOf<Choice>(random: Random, choices: readonly Choice[]): Choice {
  return choices[Math.floor(random() * choices.length)]!
}

class Point {
  readonly x = 1
  readonly #hidden = 2
  get sum(): number {
    return this.x + this.#hidden
  }
}

const TEXTS = ['', 'a', '"quoted"\\', 'ä€😀', '\ud800', '\u2028\r\n\t\0', '__proto__', '$bigint', 'x'.repeat(300)]
const NUMBERS = [0, -0, 1, -1.5, 1e21, 1e-7, 2 ** 53, NaN, Infinity, -Infinity]

const simple: readonly ((random: Random) => unknown)[] = [
  (random) => oneOf(random, TEXTS),
  (random) => oneOf(random, NUMBERS),
  (random) => Math.floor(random() * 1000),
  () => true,
  () => null,
  () => undefined,
  () => -(2n ** 70n),
]

const objects: readonly ((random: Random, depth: number) => unknown)[] = [
  (random, depth) => Array.from({ length: Math.floor(random() * 4) }, () => valueOf(random, depth - 1)),
  (random, depth) => Object.fromEntries([1, 2, 3].map(() => [oneOf(random, TEXTS), valueOf(random, depth - 1)])),
  (random, depth) => ({ [oneOf(random, TEXTS)]: valueOf(random, depth - 1) }),
  (random, depth) => new Map([[valueOf(random, depth - 1), valueOf(random, depth - 1)]]),
  (random, depth) => new Set([valueOf(random, depth - 1)]),
  (random) => new Date(oneOf(random, [0, NaN, 1e12])),
  () => /a"[/]\//giu,
  () => Object.assign(new TypeError('odd'), { code: 'E_ODD', own: 1 }),
  () => Object.assign(new Error('named'), { name: 'Named' }),
  () => [Uint8Array.of(1, 2), Float64Array.of(0.5, NaN), BigInt64Array.of(1n), new DataView(new ArrayBuffer(2))],
  () => Buffer.from('a slice of a pool').subarray(2, 7),
  () => new ArrayBuffer(3),
  () => [new Number(1), new String('a'), new Boolean(false)],
  () => new Point(),
  () => ({
    get a() {
      return { b: 1 }
    },
  }),
  () => Object.assign(Object.create(null) as object, { a: 1 }),
  () => Object.defineProperty({ seen: 1 }, 'hidden', { value: 2 }),
  () => [1, , 3], // oxlint-disable-line no-sparse-arrays -- that is the case
  () => nested(40),
  () => nested(1200),
  () => circular(),
  () => {
    const shared = { a: 1 }
    return [shared, shared]
  },
  () => [() => 1],
  () => ({ s: Symbol('s') }),
  () => new Proxy({ a: 1 }, {}),
  () => ({
    get a(): number {
      throw new RangeError('a getter that throws')
    },
  }),
]

/** Any value that a verifier may come up with. */
export function valueOf(random: Random, depth: number = 3): unknown {
  const isSimple = depth === 0 || random() < 0.4
  return isSimple ? oneOf(random, simple)(random) : oneOf(random, objects)(random, depth)
}

function nested(levels: number): unknown {
  let value: unknown = 'deep'
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { a: value }
  return value
}

function circular(): unknown {
  const value: Record<string, unknown> = { list: [{ 'a/b~': {} }] }
  value['self'] = value
  ;(value['list'] as Record<string, unknown>[])[0]!['up'] = value['list'] // made just above
  return value
}

const thrown: readonly ((random: Random) => unknown)[] = [
  (random) => new RangeError(oneOf(random, TEXTS)),
  (random) => Object.assign(new Error('coded'), { code: oneOf(random, ['E', 7, NaN, { a: 1 }, undefined]) }),
  (random) => Object.assign(new Error('named'), { name: oneOf(random, ['Odd', 7, '']) }),
  // Not ours to say, but theirs to throw.
  () => Object.assign(new Error('as if it could not be read'), { code: 'FANFOLD_RECORD_UNPARSABLE' }),
  () => new AggregateError([new Error('one')], 'several'),
  (random) => valueOf(random, 1),
  () => Symbol('thrown'),
]

function issuesOf(random: Random): Issue[] {
  return [
    { reason: 'plain' },
    { reason: oneOf(random, ['said', 'ä"']), message: oneOf(random, TEXTS), path: '/a' },
    { reason: 'more', more: valueOf(random, 1) } as Issue,
    { reason: 'not-said', message: undefined } as unknown as Issue,
    Object.assign(new Point(), { reason: 'of-a-class', message: 'm' }),
  ].filter(() => random() < 0.5)
}

function answerOf(random: Random): Answer {
  const kind = random()
  if (kind < 0.3) return pass()
  if (kind < 0.5) return pass(valueOf(random))
  const issues = issuesOf(random)
  const reason = issues.length === 0 ? 'lone-reason' : issues
  if (kind < 0.6) return flag(reason)
  if (kind < 0.7) return fail(reason, valueOf(random))
  if (kind < 0.95) return fail('lone')
  return 42 as never // no answer, as the types would say
}

/** Answers whatever the seed and the index say, and spoils the item that it was given. */
export default defineVerifier<unknown, { seed: number }>({
  verify(item, { config, index }) {
    const random = randomOf(config.seed * 7919 + index)
    if (typeof item === 'object' && item !== null && !Object.isFrozen(item)) Object.assign(item, { spoilt: true })
    if (random() < 0.15) throw oneOf(random, thrown)(random)
    return random() < 0.2 ? Promise.resolve(answerOf(random)) : answerOf(random)
  },
})
