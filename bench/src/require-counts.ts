import type { Counts } from './bench-case.ts'

/** @throws when a side did not find what was planted. */
export function requireCounts({ pass, fail }: Counts, expected: Counts): void {
  if (pass === expected.pass && fail === expected.fail) return
  throw new Error(
    `counted ${pass} valid and ${fail} invalid tasks, but there are ${expected.pass} and ${expected.fail}`,
  )
}
