import { readFileSync, statSync } from 'node:fs'
import { pass } from '@fanfold/workers'
import type { VerifyContext } from '@fanfold/workers'

/** Answers with what it got, once the file was found to be as its item says. */
export default function lookAtFile({ path, size }: { path: string; size: number }, { file }: VerifyContext): unknown {
  if (statSync(path).size !== size) return false
  return pass({ path, size, file, text: readFileSync(path, 'utf8') })
}
