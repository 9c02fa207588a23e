import { badUsage } from '../problem.ts'
import type { Inputs } from './inputs.ts'
import { statsOf } from './targets.ts'

/**
 * Refuses inputs that cannot be opened several times.
 *
 * @param who - reads them how: `--check-independence reads the first records several times`
 * @throws {FanfoldError} `FANFOLD_BAD_OPTION`
 */
export async function refuseWhatIsReadOnce({ paths, format }: Inputs, who: string): Promise<void> {
  const refused = (what: string): Error => badUsage(`${who}, and ${what} can be read once. Give a file.`)
  if (paths.length === 0) throw refused('stdin')
  // Those of whole files are patterns, too.
  if (format === 'files') return
  for (const path of paths) if ((await statsOf(path))?.isFile() !== true) throw refused(`'${path}'`)
}
