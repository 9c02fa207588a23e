/** The value below which this share of the numbers lies, between neighbours interpolated; `NaN` of none. */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  const at = (sorted.length - 1) * share
  const below = sorted[Math.floor(at)] ?? NaN
  const above = sorted[Math.ceil(at)] ?? NaN
  return below + (above - below) * (at - Math.floor(at))
}

export function median(numbers: readonly number[]): number {
  return quantile(numbers, 0.5)
}

/** A value that is uncertain: nine times of ten it should lie within `low` to `high`. */
export interface Range {
  readonly mid: number
  readonly low: number
  readonly high: number
}

export function rangeOf(numbers: readonly number[]): Range {
  return { mid: median(numbers), low: quantile(numbers, 0.05), high: quantile(numbers, 0.95) }
}

/** By how much the largest is above the smallest: 0.4 is 40%. */
export function difference(numbers: readonly number[]): number {
  return numbers.length < 2 ? 0 : Math.max(...numbers) / Math.min(...numbers) - 1
}
