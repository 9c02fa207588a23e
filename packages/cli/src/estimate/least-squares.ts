/** One equation: the coefficients times the unknowns should be `value`. */
export interface Equation {
  readonly row: readonly number[]
  readonly value: number
}

/**
 * Unknowns, none of them negative, for which the sum of the squares of the *relative* errors is smallest: a millisecond
 * counts for more in a short run than in a long one. Each set of unknowns that are not 0 is tried, which for a handful is
 * the simplest way to a sure answer.
 */
export function leastSquares(equations: readonly Equation[], unknowns: number): readonly number[] {
  const scaled = equations.map(({ row, value }) => ({ row: row.map((factor) => factor / value), value: 1 }))
  let best: { readonly error: number; readonly solution: readonly number[] } | undefined
  for (let set = 1; set < 2 ** unknowns; set++) {
    const columns = Array.from({ length: unknowns }, (_, at) => at).filter((at) => (set & (1 << at)) !== 0)
    const solved = solve(scaled, columns)
    if (solved === undefined || solved.some((value) => !(value >= 0))) continue
    const solution = Array.from({ length: unknowns }, (_, at) => solved[columns.indexOf(at)] ?? 0)
    const error = scaled.reduce((sum, { row, value }) => sum + (dot(row, solution) - value) ** 2, 0)
    // Of two that are equally good, the one with fewer unknowns: rounding is no reason for another.
    if (best === undefined || error < best.error * (1 - 1e-9) - 1e-18) best = { error, solution }
  }
  return best?.solution ?? Array.from({ length: unknowns }, () => 0)
}

/** The normal equations of these columns; `undefined` when they cannot be told apart. */
function solve(equations: readonly Equation[], columns: readonly number[]): readonly number[] | undefined {
  // Columns are brought to one size first: tasks are counted in millions, and a start in ones.
  const sizes = columns.map((at) => Math.hypot(...equations.map(({ row }) => row[at] ?? 0)))
  if (sizes.some((size) => size === 0)) return undefined
  const rows = equations.map(({ row }) => columns.map((at, n) => (row[at] ?? 0) / (sizes[n] ?? 1)))
  const matrix = columns.map((_, i) => [
    ...columns.map((_, j) => rows.reduce((sum, row) => sum + (row[i] ?? 0) * (row[j] ?? 0), 0)),
    rows.reduce((sum, row, n) => sum + (row[i] ?? 0) * (equations[n]?.value ?? 0), 0),
  ])
  return eliminate(matrix)?.map((value, n) => value / (sizes[n] ?? 1))
}

const SINGULAR = 1e-9

/** Gauss and Jordan, with pivots; the last column is the right side. */
function eliminate(matrix: number[][]): readonly number[] | undefined {
  const size = matrix.length
  for (let at = 0; at < size; at++) {
    const pivot = matrix.slice(at).reduce((best, row) => (Math.abs(row[at]!) > Math.abs(best[at]!) ? row : best))
    if (Math.abs(pivot[at]!) < SINGULAR) return undefined
    const from = matrix.indexOf(pivot)
    matrix[from] = matrix[at]!
    matrix[at] = pivot
    for (const row of matrix) {
      if (row === pivot) continue
      const factor = row[at]! / pivot[at]!
      for (let column = at; column <= size; column++) row[column]! -= factor * pivot[column]!
    }
  }
  return matrix.map((row, at) => row[size]! / row[at]!)
}

function dot(row: readonly number[], values: readonly number[]): number {
  return row.reduce((sum, factor, at) => sum + factor * (values[at] ?? 0), 0)
}
