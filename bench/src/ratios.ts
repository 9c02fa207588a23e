/** The smallest, the middle and the largest of some numbers. */
export interface Spread {
  readonly min: number
  readonly median: number
  readonly max: number
}

export function spreadOf(numbers: readonly number[]): Spread {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? NaN
  const lower = sorted.length % 2 === 0 ? (sorted[middle - 1] ?? NaN) : upper
  return { min: sorted[0] ?? NaN, median: (lower + upper) / 2, max: sorted.at(-1) ?? NaN }
}

/**
 * How much faster `side` was than `against`, round by round: both ran within seconds of each other, so what slowed the
 * machine down slowed both.
 *
 * @param times - ms a task, by round.
 */
export function speedAgainst(times: readonly number[], against: readonly number[]): Spread {
  return spreadOf(times.map((time, round) => (against[round] ?? NaN) / time))
}
