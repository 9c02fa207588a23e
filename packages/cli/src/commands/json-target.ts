import { FanfoldError } from '@fanfold/core'
import { checkWritable, empty, openFile } from '../output/output.ts'
import { badUsage, messageOf } from '../problem.ts'
import { isSame } from './targets.ts'

/**
 * Whether `--json` can be written, before anything is measured: to learn that afterwards would be late.
 *
 * @param read - paths of everything that is read
 * @throws {FanfoldError} `FANFOLD_BAD_OPTION`
 */
export async function checkJsonTarget(json: string | undefined, read: readonly string[]): Promise<void> {
  if (json === undefined || json === '-') return
  await checkWritable('--json', json)
  for (const path of read)
    if (await isSame(json, path))
      throw badUsage(`--json '${json}' is a file that is read, and would be written over. Give another path.`)
}

/**
 * Writes what was measured to where `--json` says.
 *
 * @param what - it is: `the estimate`
 * @throws {FanfoldError} `FANFOLD_OUTPUT_FAILED`
 */
export async function writeJson(json: string, what: string, value: unknown): Promise<void> {
  const text = `${JSON.stringify(value, null, 2)}\n`
  if (json === '-') {
    process.stdout.write(text)
    return
  }
  const file = await openFile('--json', json)
  try {
    await empty(file)
    await file.writeFile(text)
  } catch (cause) {
    const message = `${what} cannot be written to '${json}': ${messageOf(cause)}. Free the space or give another --json.`
    throw new FanfoldError('FANFOLD_OUTPUT_FAILED', message, { cause })
  } finally {
    await file.close()
  }
}
