import { defineReducer, defineVerifier, pass } from '@fanfold/workers'
import type { FoldedTask, Issue } from '@fanfold/workers'
import { expectTypeOf, test } from 'vitest'
import { Engine, reducerAt, verifierAt } from './index.ts'
import type { ReduceError, Reduced, ReducerUrl, Report } from './index.ts'

interface Order {
  readonly amount: number
}
interface Total {
  readonly count: number
  readonly sum: number
}
const written = defineReducer<Order, { vat: number }, Total, { rate: number }>({
  init: ({ config }) => {
    expectTypeOf(config).toEqualTypeOf<{ rate: number }>()
    return { count: 0, sum: 0 }
  },
  step: (total, { item, value, issues }) => {
    expectTypeOf(item).toEqualTypeOf<Order>()
    expectTypeOf(value).toEqualTypeOf<{ vat: number } | undefined>()
    expectTypeOf(issues).toEqualTypeOf<readonly Issue[]>()
    return { count: total.count + 1, sum: total.sum + item.amount }
  },
  combine: (left, right) => ({ count: left.count + right.count, sum: left.sum + right.sum }),
})
const inferred = defineReducer({
  init: () => 0,
  step: (sum: number, { item }: FoldedTask<Order>) => sum + item.amount,
  combine: (left, right) => left + right,
})
const doubles = defineVerifier<Order, unknown, undefined, { vat: number }>({
  verify: ({ amount }) => pass({ vat: amount }),
})
const texts = defineVerifier<string, unknown, undefined, string>({ verify: (text) => pass(text) })

const url = new URL('file:///r.ts')
const sum = reducerAt<{ default: typeof written }>(url)

test('reducerAt carries value, accumulator and config, written down or inferred', () => {
  expectTypeOf(sum).toEqualTypeOf<ReducerUrl<{ vat: number }, Total, { rate: number }>>()
  expectTypeOf(reducerAt<{ default: typeof inferred }>(url)).toExtend<ReducerUrl<never, number, unknown>>()
})

test('the accumulator reaches what a run is reduced to, and values and config are checked', () => {
  const run = new Engine().run(verifierAt<{ default: typeof doubles }>(url), [{ amount: 1 }])
  expectTypeOf(run.reduce(sum)).toEqualTypeOf<Promise<Reduced<Total>>>()
  void run.reduce(sum, { config: { rate: 2 }, timeoutMs: 1_000, startTimeoutMs: 1_000 })
  // @ts-expect-error -- the config has no such field
  void run.reduce(sum, { config: { percentage: 2 } })
  const others = new Engine().run(verifierAt<{ default: typeof texts }>(url), ['a'])
  // @ts-expect-error -- its values are texts
  void others.reduce(sum)
  // Of what the verifier gives, or the reducer makes, nothing need be known.
  expectTypeOf(new Engine().run(url, [1]).reduce(sum)).resolves.toEqualTypeOf<Reduced<Total>>()
  expectTypeOf(others.reduce(url)).resolves.toEqualTypeOf<Reduced>()
  expectTypeOf(others.reduce<number>('./r.ts')).resolves.toHaveProperty('value').toEqualTypeOf<number>()
  // @ts-expect-error -- functions cannot be sent to a thread
  void others.reduce({ init: () => 0, step: () => 0, combine: () => 0 })
})

test('what a reduction rejects with has the report, and a value of whatever type', () => {
  expectTypeOf<ReduceError['report']>().toEqualTypeOf<Report>()
  expectTypeOf<ReduceError['value']>().toEqualTypeOf<unknown>()
})

test('a reducer has three functions, none of them async', () => {
  // @ts-expect-error -- without combine
  defineReducer({ init: () => 0, step: (total: number) => total })
  defineReducer<Order, unknown, number>({
    init: () => 0,
    // @ts-expect-error -- a promise is no number
    step: async (total) => total,
    combine: (left) => left,
  })
})
