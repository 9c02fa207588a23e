import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Stretches } from './stretches.ts'

test('positions that come in any order are folded in theirs, in as few stretches as there can be', () => {
  const positions = fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { maxLength: 41 })
  fc.assert(
    fc.property(positions, (given) => {
      const stretches = new Stretches()
      for (const position of given) {
        const stretch = stretches.before(position, () => [])
        stretch.accumulator = [...(stretch.accumulator as number[]), position] // as they are made here
        stretches.grow(stretch, (left, right) => [...(left as number[]), ...(right as number[])])
      }
      const sorted = [...given].sort((a, b) => a - b)
      const taken = stretches.take().sort((a, b) => a.from - b.from)
      expect(taken.flatMap(({ accumulator }) => accumulator)).toEqual(sorted)
      expect(taken).toHaveLength(sorted.filter((position) => !given.includes(position - 1)).length)
      for (const { from, to, accumulator } of taken) expect(accumulator).toHaveLength(to - from)
      expect(stretches.take()).toEqual([])
    }),
  )
})
