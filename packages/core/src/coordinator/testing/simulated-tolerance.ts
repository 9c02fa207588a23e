import type { RunSettings } from '../events.ts'

/** @param counts - `total` where it is known */
export function isExceeded(
  { tolerance, resumed }: Pick<RunSettings, 'tolerance' | 'resumed'>,
  counts: { readonly unsuccessful: number; readonly settled: number; readonly total: number | undefined },
): boolean {
  if (tolerance === undefined) return false
  const unsuccessful = counts.unsuccessful + resumed.unsuccessful
  if ('count' in tolerance) return unsuccessful > tolerance.count
  const { total, settled } = counts
  const base = total === undefined ? Math.max(10_000, resumed.tasks + settled) : resumed.tasks + total
  return unsuccessful / base > tolerance.percentage / 100 + 1e-9
}
