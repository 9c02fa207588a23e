import { deserialisePlain, serialisePlain } from '@fanfold/workers/protocol'
import type { PartAccumulators } from '@fanfold/workers/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { completedOf, inOrder, selectFold } from './batch-fold.ts'

const COMPLETED = 0
const ERRORED = 1

/** Lists of positions, as accumulators. */
function foldOf(stretches: readonly (readonly [from: number, to: number])[]): PartAccumulators {
  const bytes = stretches.map(([from, to]) => serialisePlain(Array.from({ length: to - from }, (_, i) => from + i)))
  let end = 0
  return {
    stretches: stretches.flat(),
    ends: bytes.map(({ length }) => (end += length)),
    bytes: new Uint8Array(Buffer.concat(bytes)),
  }
}

function foldedBy({ ends, bytes }: PartAccumulators): number[] {
  return ends.flatMap((end, i) => deserialisePlain(bytes.slice(i === 0 ? 0 : ends[i - 1], end)) as number[]) // as above
}

/** Stretches of completed tasks that follow each other, in the order of positions. */
function stretchesOf(completed: readonly number[]): [from: number, to: number][] {
  const stretches: [number, number][] = []
  for (const position of completed) {
    const last = stretches.at(-1)
    if (last?.[1] === position) last[1]++
    else stretches.push([position, position + 1])
  }
  return stretches
}

test('what was folded of some outcomes is of exactly these, or is not there', () => {
  const statuses = fc.array(fc.constantFrom(COMPLETED, COMPLETED, COMPLETED, ERRORED), { minLength: 1, maxLength: 60 })
  fc.assert(
    fc.property(statuses, fc.infiniteStream(fc.boolean()), fc.boolean(), (codes, chosen, isInOrder) => {
      const outcomes = { statuses: Uint8Array.from(codes), positionAt: (ordinal: number) => 10 + ordinal }
      const completed = codes.flatMap((code, i) => (code === COMPLETED ? [10 + i] : []))
      const stretches = stretchesOf(completed)
      const whole: PartAccumulators = isInOrder
        ? foldOf(stretches.toReversed())
        : { ...foldOf(stretches), stretches: [] }
      const ordinals = codes.map((_, i) => i).filter(() => chosen.next().value)
      const wanted = ordinals.filter((i) => codes[i] === COMPLETED).map((i) => 10 + i)
      const selected = selectFold(whole, outcomes, ordinals)
      if (selected === undefined) {
        // Only where an accumulator would have to be taken apart.
        const isWhole = ([from, to]: [number, number]): boolean => wanted.includes(from) && wanted.includes(to - 1)
        const isPossible = isInOrder
          ? stretchesOf(wanted).every((one) => isWhole(one) && isOneOf(stretches, one))
          : false
        expect(isPossible || wanted.length === completed.length).toBe(false)
      } else if ('error' in selected) expect.unreachable()
      else expect(foldedBy(inOrder(selected))).toEqual(wanted)
    }),
    { numRuns: 500 },
  )
})

function isOneOf(stretches: readonly [number, number][], [from, to]: [number, number]): boolean {
  return stretches.some(([first, end]) => first === from && end === to)
}

test('why nothing could be folded is told of any of the outcomes', () => {
  const failed = { error: { kind: 'value', value: 'no' } } as const
  expect(selectFold(failed, { statuses: new Uint8Array(3), positionAt: (i) => i }, [1])).toBe(failed)
})

test('completed are those with a verdict', () => {
  expect(completedOf(Uint8Array.of(COMPLETED, ERRORED, COMPLETED))).toBe(2)
})
