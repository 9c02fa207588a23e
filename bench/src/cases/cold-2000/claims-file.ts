import { existsSync, writeFileSync } from 'node:fs'
import { benchFile } from '../../bench-folder.ts'
import { STEPS_PER_MICROSECOND, makeClaim } from '../../fixed-work.ts'
import { isPlanted } from '../../planted.ts'

const STEPS = 50 * STEPS_PER_MICROSECOND

/** The path of an NDJSON file with that many claims of 50 µs each; written when it is not there yet. */
export function claimsFile(tasks: number): string {
  const path = benchFile(`claims-${tasks}.ndjson`)
  if (existsSync(path)) return path
  const lines = Array.from({ length: tasks }, (_, n) => JSON.stringify(makeClaim(n + 1, STEPS, !isPlanted(n))))
  writeFileSync(path, `${lines.join('\n')}\n`)
  return path
}
