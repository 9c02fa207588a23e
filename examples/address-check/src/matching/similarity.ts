import { jaroWinkler } from '@skyra/jaro-winkler'

/**
 * How alike two lists of words are, 0 to 1: each word of the longer list is paired with its most similar one
 * in the other, and the similarities are averaged. The order of words does not matter (`Smith, Anna`), a
 * missing word costs its share, and an initial stands for any word that begins with it.
 */
export function wordsSimilarity(left: readonly string[], right: readonly string[]): number {
  const [longer, shorter] = left.length >= right.length ? [left, right] : [right, left]
  if (longer.length === 0) return 0
  let sum = 0
  for (const word of longer) {
    let best = 0
    for (const other of shorter) best = Math.max(best, wordSimilarity(word, other))
    sum += best
  }
  return sum / longer.length
}

function wordSimilarity(left: string, right: string): number {
  if (left === right) return 1
  if (left.length === 1 || right.length === 1) return left[0] === right[0] ? 1 : 0
  return jaroWinkler(left, right)
}

/**
 * Whether one text may be a slip of the pen for the other: at most two edits and a Jaro-Winkler similarity of
 * 0.9. Both are needed: Jaro-Winkler alone takes Morristown for Morrisville, edits alone take Elm for Oak.
 * Short words and words with digits have no room for a slip (Elm/Elk, 12th/13th are different streets).
 */
export function isSlip(left: string, right: string): boolean {
  if (left === right || Math.min(left.length, right.length) < 5) return false
  if (/\d/.test(left) || /\d/.test(right)) return false
  return jaroWinkler(left, right) >= 0.9 && edits(left, right) <= 2
}

/** Insertions, deletions, replacements and swaps of neighbours that lead from one text to the other (optimal string alignment). */
export function edits(left: string, right: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: right.length + 1 }, (_, column) => column)
  for (let row = 1; row <= left.length; row++) {
    const current = [row]
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1]
      let cost = Math.min(at(last, column) + 1, at(current, column - 1) + 1, at(last, column - 1) + (same ? 0 : 1))
      const swapped =
        row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]
      if (swapped) cost = Math.min(cost, at(beforeLast, column - 2) + 1)
      current.push(cost)
    }
    beforeLast = last
    last = current
  }
  return at(last, right.length)
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Infinity
}
