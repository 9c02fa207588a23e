import { describe, expect, test } from 'vitest'
import { isTrue, makeClaim } from '../src/fixed-work.ts'

describe('the fixed work of a task', () => {
  test.each([0, 1, 2, 3, 31, 32, 33, 1000, 123_457])(
    '%i steps end where the generator says without doing them',
    (steps) => {
      expect(isTrue(makeClaim(7, steps, true))).toBe(true)
      expect(isTrue(makeClaim(7, steps, false))).toBe(false)
    },
  )
})
