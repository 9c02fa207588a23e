import { readFileSync } from 'node:fs'
import type { Counts } from '../bench-case.ts'
import { runNode } from '../fresh-process.ts'

const BIN = new URL('../../../packages/cli/dist/bin.js', import.meta.url)

/**
 * `fanfold verify` from its start to its exit.
 *
 * @param args - with `--summary` and the path that is given again as `summary`
 * @returns what the summary says, which is read after the clock has covered all that a user waits for
 * @throws with what it wrote to stderr, when the exit code is another than 1: some are invalid, as planted
 */
export async function verifyByCommand(args: readonly string[], summary: string): Promise<Counts> {
  const { code, stderr } = await runNode(BIN, ['verify', ...args])
  if (code !== 1) throw new Error(`fanfold verify ended with ${code}:\n${stderr}`)
  // A report as JSON, by the command line's documentation.
  const { verdicts } = JSON.parse(readFileSync(summary, 'utf8')) as { readonly verdicts: Counts }
  return { pass: verdicts.pass, fail: verdicts.fail }
}
