import { readFileSync } from 'node:fs'
import { fail, pass } from '@fanfold/workers'
import type { Verdict } from '@fanfold/workers'

/** A file has to have something in it. */
export default function hasText({ path }: { path: string; size: number }): Verdict {
  return readFileSync(path).length > 0 ? pass() : fail('empty')
}
