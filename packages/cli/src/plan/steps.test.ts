import fc from 'fast-check'
import { expect, test } from 'vitest'
import { criticalPath, independence, stagesOf, stepsOf } from './steps.ts'
import type { Step } from './steps.ts'

/** `decide` waits for all but `loose`, over others or not. */
const steps = stepsOf([
  { name: 'parse', after: [], barriers: 0 },
  { name: 'schema', after: ['parse'], barriers: 0 },
  { name: 'signature', after: ['parse'], barriers: 0 },
  { name: 'crm', after: ['schema', 'signature'], barriers: 0 },
  { name: 'loose', after: [], barriers: 0 },
  { name: 'decide', after: ['crm'], barriers: 1 },
])

test('a check is in the first stage in which all that it waits for is done', () => {
  expect(stagesOf(steps)).toEqual([[0, 4], [1, 2], [3], [5]])
})

test('independent are those of which none waits for the other, over others or not', () => {
  expect(independence(steps)).toEqual([[4], [2, 4], [1, 4], [4], [0, 1, 2, 3, 5], [4]])
})

test('the critical path is the longest way through, and a check by itself may be one', () => {
  expect(criticalPath(steps, [1, 5, 9, 2, 3, 1])).toEqual({ ms: 13, places: [0, 2, 3, 5] })
  expect(criticalPath(steps, [1, 1, 1, 1, 50, 1])).toEqual({ ms: 50, places: [4] })
  expect(criticalPath([], [])).toEqual({ ms: 0, places: [] })
})

/** Up to seven checks, each behind any of those before it, and what each takes. */
const chains = fc.integer({ min: 1, max: 7 }).chain((count) =>
  fc.record({
    steps: fc.tuple(
      ...Array.from({ length: count }, (_, place) =>
        fc.subarray([...Array(place).keys()]).map((after): Step => ({ name: `check ${place}`, after, barriers: 0 })),
      ),
    ),
    durations: fc.array(fc.nat(100), { minLength: count, maxLength: count }),
  }),
)

/** Every way that ends with the check, by trying all. */
function waysTo(given: readonly Step[], place: number): readonly (readonly number[])[] {
  const before = given[place]!.after.flatMap((other) => waysTo(given, other))
  return [[place], ...before.map((way) => [...way, place])]
}

test('the critical path is as long as the longest of all ways, and is one of them', () => {
  fc.assert(
    fc.property(chains, ({ steps: given, durations }) => {
      const ways = given.flatMap((_, place) => waysTo(given, place))
      const msOf = (way: readonly number[]): number => way.reduce((sum, place) => sum + durations[place]!, 0)
      const { ms, places } = criticalPath(given, durations)
      expect(ms).toBe(Math.max(...ways.map(msOf)))
      expect(msOf(places)).toBe(ms)
      expect(ways).toContainEqual(places)
    }),
    { numRuns: 300 },
  )
})

test('two checks are independent just when no way leads through both', () => {
  fc.assert(
    fc.property(chains, ({ steps: given }) => {
      const ways = given.flatMap((_, place) => waysTo(given, place))
      const together = (a: number, b: number): boolean => ways.some((way) => way.includes(a) && way.includes(b))
      const places = [...given.keys()]
      expect(independence(given)).toEqual(places.map((a) => places.filter((b) => b !== a && !together(a, b))))
    }),
    { numRuns: 300 },
  )
})

test('no check is in a stage with one that it waits for, and every stage has one', () => {
  fc.assert(
    fc.property(chains, ({ steps: given }) => {
      const stages = stagesOf(given)
      expect(stages.flat().toSorted((a, b) => a - b)).toEqual([...given.keys()])
      const longest = (place: number): number => Math.max(...waysTo(given, place).map(({ length }) => length))
      for (const [at, places] of stages.entries()) for (const place of places) expect(longest(place)).toBe(at + 1)
    }),
    { numRuns: 300 },
  )
})
