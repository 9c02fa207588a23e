import type { Counts } from '../../../bench-case.ts'

/** What a program of this case answers. */
export interface Peak extends Counts {
  /** Of the whole process with all its threads: what was resident at most. */
  readonly peakMb: number
}

export function printPeak({ pass, fail }: Counts): void {
  const { maxRSS } = process.resourceUsage() // in KB
  console.log(JSON.stringify({ pass, fail, peakMb: maxRSS / 1024 } satisfies Peak))
}
