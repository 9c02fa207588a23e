import { describe, expect, test } from 'vitest'
import { conclude, isWorthSetting } from './conclude.ts'
import type { Conclusion } from './conclude.ts'

describe('what is concluded of a gain', () => {
  test.each<[what: string, gain: [low: number, mid: number, high: number], noise: number, conclusion: Conclusion]>([
    ['a sure gain', [1.8, 1.9, 1.95], 0.05, 'pays'],
    ['a gain that is sure, however much', [1.3, 1.7, 2.4], 0.3, 'pays'],
    ['a gain despite a busy machine', [1.2, 1.9, 2.8], 1.5, 'pays'],
    ['a sure loss', [0.5, 0.6, 0.7], 0.05, 'loses'],
    ['a loss on a busy machine, which may be its doing', [0.5, 0.6, 0.7], 0.9, 'noisy'],
    ['a little more', [1.02, 1.05, 1.08], 0.05, 'even'],
    ['a little less', [0.95, 0.99, 1.05], 0.05, 'even'],
    ['anything from a loss to a gain', [0.6, 1.2, 1.9], 0.4, 'noisy'],
    ['just about worth it', [1.05, 1.12, 1.2], 0.05, 'even'],
  ])('%s', (_, [low, mid, high], noise, conclusion) => {
    expect(conclude({ gain: { low, mid, high }, rounds: 5, noise })).toBe(conclusion)
  })

  test('a loss on a busy machine that has not made it: threads have more work to do than one loop', () => {
    const evidence = { gain: { low: 0.3, mid: 0.4, high: 0.5 }, rounds: 5, noise: 0.9 }
    expect(conclude({ ...evidence, mostByCpu: 0.6 })).toBe('loses')
    expect(conclude({ ...evidence, mostByCpu: 1.2 })).toBe('noisy')
    expect(conclude({ ...evidence, gain: { low: 0.3, mid: 0.6, high: 1.1 }, mostByCpu: 0.6 })).toBe('noisy')
  })

  test('nothing of fewer than three rounds', () => {
    const gain = { low: 1.9, mid: 1.9, high: 1.9 }
    expect(conclude({ gain, rounds: 2, noise: 0 })).toBe('short')
    expect(conclude({ gain: { low: NaN, mid: NaN, high: NaN }, rounds: 0, noise: 0 })).toBe('short')
  })
})

describe('a setting is worth it', () => {
  test.each([
    ['that is faster in each round', [1.1, 1.08, 1.2, 1.05], true],
    ['that is faster in nearly each round', [1.1, 0.99, 1.2, 1.05, 1.08, 1.07], true],
    ['that is hardly faster', [1.01, 1.02, 1.01], false],
    ['that is faster now and then', [0.7, 1.4, 0.8, 1.5, 1.3], false],
    ['of which there were two rounds', [1.5, 1.5], false],
  ])('%s', (_, gains, expected) => {
    expect(isWorthSetting({ gains })).toBe(expected)
  })
})
