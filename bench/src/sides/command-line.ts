import { readFileSync } from 'node:fs'
import type { Counts, RunResult } from '../bench-case.ts'
import { runNode } from '../fresh-process.ts'

const BIN = new URL('../../../packages/cli/dist/bin.js', import.meta.url)

/**
 * `fanfold verify` from its start to its exit.
 *
 * @param args - with `--summary` and the path that is given again as `summary`
 * @returns what the summary says, which is read after the clock has covered all that a user waits for
 * @throws with what it wrote to stderr, unless its exit code says that all have a verdict
 */
export async function verifyByCommand(args: readonly string[], summary: string): Promise<RunResult> {
  const { code, stderr, usage } = await runNode(BIN, ['verify', ...args])
  // 1: some are invalid, as planted; 0: there are so few of them that none is.
  if (code !== 1 && code !== 0) throw new Error(`fanfold verify ended with ${code}:\n${stderr}`)
  // A report as JSON, by the command line's documentation.
  const { verdicts } = JSON.parse(readFileSync(summary, 'utf8')) as { readonly verdicts: Counts }
  return { pass: verdicts.pass, fail: verdicts.fail, measures: usage }
}
