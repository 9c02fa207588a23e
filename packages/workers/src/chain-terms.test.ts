import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { barrier, chain, check } from './chain.ts'
import { declaredChecks } from './chain-terms.ts'

const parse = (): boolean => true
const decide = (): boolean => true
const ok = (): boolean => true

function after(stages: Parameters<typeof chain>[0]): Record<string, string[]> {
  const checks = declaredChecks(chain(stages)).map(({ terms }) => terms)
  return Object.fromEntries(checks.map(({ name, after: places }) => [name, places.map((place) => checks[place]!.name)]))
}

test('each stage is after the one before; a function is a check of its own name', () => {
  expect(after([parse, { schema: ok, signature: ok }, { crm: ok }, decide])).toEqual({
    parse: [],
    schema: ['parse'],
    signature: ['parse'],
    crm: ['schema', 'signature'],
    decide: ['crm'],
  })
})

test('a stage may be a check with options of its own, by the name of its function', () => {
  expect(after([parse, check(decide, { timeoutMs: 500 })])).toEqual({ parse: [], decide: ['parse'] })
  const [, decided] = declaredChecks(chain([parse, check(decide, { timeoutMs: 500 })]))
  expect(decided!.terms.timeoutMs).toBe(500)
})

test('dependencies by name make the same as stages do', () => {
  const byName = { parse: ok, schema: check(ok, { after: ['parse'] }), decide: check(ok, { after: ['schema'] }) }
  expect(after(byName)).toEqual(after([parse, { schema: ok }, decide]))
  // However they are written down.
  expect(
    after({ decide: check(ok, { after: ['schema'] }), schema: check(ok, { after: ['parse'] }), parse: ok }),
  ).toEqual(after(byName))
})

test('checks are behind a barrier from where it stands on', () => {
  const terms = declaredChecks(chain([parse, barrier(), { schema: ok }, barrier(), decide])).map((it) => it.terms)
  expect(terms.map(({ name, barriers }) => [name, barriers])).toEqual([
    ['parse', 0],
    ['schema', 1],
    ['decide', 2],
  ])
})

test.each([
  [
    'a cycle shows its path',
    { a: check(ok, { after: ['c'] }), b: check(ok, { after: ['a'] }), c: check(ok, { after: ['b'] }) },
    'a → c → b → a',
  ],
  [
    'an unknown name lists the known ones',
    { a: check(ok, { after: ['b'] }), c: ok },
    'a is to run after b, and the chain has no such check. It has: a, c.',
  ],
  ['a check after itself', { a: check(ok, { after: ['a'] }) }, 'a waits for itself'],
  ['a name twice', [parse, { parse: ok }], 'two checks of the chain are called parse'],
  ['a function without a name', [() => true], 'a function without a name is a stage'],
  ['no checks', [], 'the chain has no checks'],
  ['a number for a name', { 1: ok }, 'a check of the chain is called 1'],
  ['what is no verifier', { a: 'verify' }, 'a is no verifier'],
  ['a verifier in place of a stage', [{ verify: ok }], 'a stage is a named function, check() of one, or an object'],
  ['an end that there is not', { a: check(ok, { goOnAfter: ['done' as never] }) }, "a has goOnAfter: 'done'"],
  ['a timeout of nothing', { a: check(ok, { timeoutMs: 0 }) }, 'a has timeoutMs: 0'],
  ['a text in place of a list', { a: check(ok, { after: 'b' as never }), b: ok }, 'a has after: "b". Give a list'],
  ['no options', { a: check(ok, null as never) }, 'a has options that are none'],
  ['no retry', { a: check(ok, { retry: null as never }) }, 'a has retry: null. Give { retries: 2 }'],
  ['an unknown option', { a: check(ok, { timeout: 5 } as never) }, 'a has an option timeout, which there is not'],
  ['an unknown retry option', { a: check(ok, { retry: { times: 1 } as never }) }, 'a has retry: { times: 1 }'],
])('%s is refused', (_what, stages, message) => {
  let thrown: unknown
  try {
    declaredChecks(chain(stages as never))
  } catch (error) {
    thrown = error
  }
  expect(thrown).toMatchObject({ code: 'FANFOLD_BAD_CHAIN', message: expect.stringContaining(message) as string })
})

test('whatever waits for whatever, each check is behind those that it waits for, or a cycle is refused', () => {
  const names = ['a', 'b', 'c', 'd', 'e']
  const waits = fc.array(fc.subarray(names), { minLength: 5, maxLength: 5 })
  fc.assert(
    fc.property(waits, (all) => {
      const waitsFor = all.map((others, i) => others.filter((other) => other !== names[i]))
      const reaches = (from: string, to: string, seen = new Set<string>()): boolean =>
        waitsFor[names.indexOf(from)]!.some(
          (next) => next === to || (!seen.has(next) && reaches(next, to, seen.add(next))),
        )
      const hasCycle = names.some((name) => reaches(name, name))
      const checks = Object.fromEntries(names.map((name, i) => [name, check(ok, { after: waitsFor[i]! })]))
      if (hasCycle) {
        expect(() => declaredChecks(chain(checks))).toThrow('wait for each other')
        return
      }
      const declared = declaredChecks(chain(checks)).map(({ terms }) => terms)
      for (const [place, { name, after: places }] of declared.entries()) {
        for (const before of places) expect(before).toBeLessThan(place)
        expect(places.map((before) => declared[before]!.name).sort()).toEqual(
          [...waitsFor[names.indexOf(name)]!].sort(),
        )
      }
    }),
  )
})
