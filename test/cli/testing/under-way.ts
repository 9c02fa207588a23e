import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { OBEDIENT, numbers, watch } from './fanfold.ts'
import type { Watched, Workplace } from './fanfold.ts'

/** Two signals that are closer together than 100 ms are one. */
export const APART_MS = 150
/** What is said at each stage, to a run that is {@link underWay}. */
export const FIRST =
  'fanfold: interrupted: finishing the 1 that runs (no --timeout: it may take for ever); once more stops now\n'
export const SECOND = 'fanfold: interrupted again: stopping now; once more ends without a summary\n'

/** What `--summary` tells. */
export interface Account {
  readonly result: string
  readonly total: number
  readonly statuses: Readonly<Record<string, number>>
}

/** A run on one thread whose first record is under way; others wait behind it, of which some are read. */
export async function underWay(
  place: Workplace,
  name: string,
  first: object,
  ...args: readonly string[]
): Promise<Watched & { readonly child: ChildProcessWithoutNullStreams }> {
  place.ndjson(`${name}.ndjson`, [{ touch: `${name}.runs`, ...first }, ...numbers(10)])
  // Those behind the first one wait for it.
  const alone = ['--threads', '1', '--concurrency', '1']
  const options = ['--with', OBEDIENT, ...alone, '--timeout', 'none', '--summary', `${name}.json`]
  const child = place.start('verify', `${name}.ndjson`, ...options, ...args)
  const watched = watch(child)
  await place.appeared(`${name}.runs`)
  return { ...watched, child }
}

export function accountOf(place: Workplace, name: string): Account {
  return JSON.parse(place.read(`${name}.json`)) as Account
}
