/** How many unsuccessful tasks are put up with: so many, or so many of a hundred. */
export type Tolerance = { readonly count: number } | { readonly percentage: number }

/** While the total is not known a percentage is of at least so many tasks: one bad record of the first two is not 50%. */
const LEAST_BASE = 10_000
/** 0.57% of 10,000 is 5,699.999… as a double: what is equal on paper is not more. */
const ROUNDING = 1 + 1e-9

export interface Tally {
  readonly unsuccessful: number
  readonly settled: number
  /** `undefined` while it is not known. */
  readonly total: number | undefined
}

/** Strictly more than was given. */
export function isExceeded(tolerance: Tolerance | undefined, { unsuccessful, settled, total }: Tally): boolean {
  if (tolerance === undefined) return false
  if ('count' in tolerance) return unsuccessful > tolerance.count
  const base = total ?? Math.max(settled, LEAST_BASE)
  return unsuccessful * 100 > tolerance.percentage * base * ROUNDING
}

export function describeTolerance(tolerance: Tolerance): string {
  return 'count' in tolerance ? String(tolerance.count) : `${tolerance.percentage}%`
}
