import { expect, test } from 'vitest'
import { Combining } from './combining.ts'

test('neighbours are combined in their order, and none of them often', () => {
  for (const count of [0, 1, 2, 3, 7, 64, 1000]) {
    let copied = 0
    const combining = new Combining((left, right) => {
      const all = [...(left as number[]), ...(right as number[])] // as they are added below
      copied += all.length
      return all
    })
    const numbers = Array.from({ length: count }, (_, n) => n)
    for (const n of numbers) combining.add([n])
    expect(combining.total()).toEqual(count === 0 ? undefined : numbers)
    expect(copied).toBeLessThanOrEqual(count * (Math.log2(Math.max(1, count)) + 2))
  }
})
