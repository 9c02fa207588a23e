import type { SeededRandom } from '../seeded-random.ts'

/** The words that have room for a slip that is still recognised. */
const LONG_WORD = /[A-Za-z]{6,}/g

export function canBeMisspelt(text: string): boolean {
  return text.search(LONG_WORD) >= 0
}

/** One slip of the pen in a long word, never in its first two letters nor its last, as people make them. */
export function misspell(text: string, random: SeededRandom): string {
  const words = [...text.matchAll(LONG_WORD)]
  const word = random.pick(words)
  const at = word.index + 2 + random.below(word[0].length - 4)
  const [one, two] = [text.charAt(at), text.charAt(at + 1)]
  // Two equal letters cannot be swapped, and dropping one of them is the most usual slip of all.
  const slip = one === two ? 'drop' : random.pick(['swap', 'drop', 'double'])
  const letters = { swap: two + one, drop: two, double: one + one + two }[slip] ?? two
  return text.slice(0, at) + letters + text.slice(at + 2)
}
