import { isTrue } from '../../../fixed-work.ts'
import type { Claim } from '../../../fixed-work.ts'

export function countLines(lines: readonly string[]): { pass: number; fail: number } {
  let pass = 0
  let fail = 0
  for (const line of lines) {
    if (line === '') continue
    // The file is claims-file.ts's.
    if (isTrue(JSON.parse(line) as Claim)) pass++
    else fail++
  }
  return { pass, fail }
}
