import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { chain, check } from '../../chain.ts'
import { declaredChecks } from '../../chain-terms.ts'
import { CHECK_ERRORED, CHECK_SKIPPED } from '../../check-ends.ts'
import { PLAIN_PASS, fail, pass } from '../../verdict.ts'
import type { LoadedChain } from '../loaded-verifier.ts'
import { CheckProgress } from './check-progress.ts'

const ok = (): boolean => true

/** Only the terms of its checks are looked at. */
function loaded(stages: Parameters<typeof chain>[0]): LoadedChain {
  return declaredChecks(chain(stages)).map(({ terms, before }, place) => ({
    place,
    terms,
    before,
    verifier: undefined as never,
  }))
}

const THREE = loaded([{ parse: ok }, { crm: ok, billing: ok }])

test('checks come when those before them have let them; others are skipped on the way', () => {
  const progress = new CheckProgress(THREE, 1, undefined)
  expect(progress.next(0, undefined)?.terms.name).toBe('parse')
  progress.completed(0, fail('bad'), 1, 0)
  expect(progress.next(0, undefined)).toBeUndefined()
  expect(progress.outcome().codes).toEqual([2, CHECK_SKIPPED, CHECK_SKIPPED])
})

test('a check ends once', () => {
  const progress = new CheckProgress(THREE, 1, undefined)
  progress.passed(0, 1)
  expect(() => progress.passed(0, 1)).toThrow('the check parse has ended before')
  expect(() => progress.unsuccessful(0, CHECK_ERRORED, new Error('late'), 1, 0)).toThrow('has ended before')
})

test('what ended in an earlier attempt does not come again, and is told with its attempts', () => {
  const ended = { code: 0, durationMs: 2, detail: { check: 1, value: 'kept' } }
  const progress = new CheckProgress(THREE, 1, { position: 0, attempts: [0, 1, 2], ended: [ended] })
  progress.completed(0, PLAIN_PASS, 1, 0)
  expect(progress.next(0, undefined)?.terms.name).toBe('billing')
  expect(progress.attemptOf(2)).toBe(3)
  progress.completed(2, pass('new'), 1, 0)
  expect(progress.outcome().details).toEqual([ended.detail, { attempts: 3, check: 2, value: 'new' }])
})

test('whatever checks wait for, and however each ends, each ends exactly once and none is left', () => {
  const names = ['a', 'b', 'c', 'd', 'e']
  const plan = fc.record({
    waits: fc.array(fc.array(fc.nat(4), { maxLength: 3 }), { minLength: 5, maxLength: 5 }),
    ends: fc.array(fc.constantFrom('pass', 'fail', 'error', 'leave', 'abort'), { minLength: 5, maxLength: 5 }),
  })
  fc.assert(
    fc.property(plan, ({ waits, ends }) => {
      const checks = names.map((name, i) => {
        const after = [...new Set(waits[i]!.filter((other) => other < i))].map((other) => names[other]!)
        return [name, check(ok, { after })] as const
      })
      const chained = loaded(Object.fromEntries(checks))
      const progress = new CheckProgress(chained, 1, undefined)
      const begun: string[] = []
      let abortedBy: { readonly error: unknown } | undefined
      for (let next = progress.next(0, abortedBy); next !== undefined; next = progress.next(0, abortedBy)) {
        const { name } = next.terms
        expect(begun).not.toContain(name)
        begun.push(name)
        const end = ends[names.indexOf(name)]!
        if (end === 'pass') progress.passed(next.place, 1)
        else if (end === 'fail') progress.completed(next.place, fail('no'), 1, 0)
        else if (end === 'error') progress.unsuccessful(next.place, CHECK_ERRORED, new Error('no'), 1, 0)
        else if (end === 'leave') progress.leaveRest()
        else abortedBy = { error: new Error('enough') }
        if (end === 'abort') progress.passed(next.place, 1)
        if (end === 'leave') break
      }
      expect(progress.isSettled).toBe(true)
      expect(progress.outcome().codes.every((code) => code <= CHECK_SKIPPED)).toBe(true)
    }),
  )
})
