import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { badUsage } from '../problem.ts'
import { statsOf } from './targets.ts'

/**
 * Which module `--with` names.
 *
 * @throws {FanfoldError} `FANFOLD_BAD_OPTION`
 */
export async function verifierLocation(given: string | undefined): Promise<string> {
  if (given === undefined)
    throw badUsage('no verifier is given. Add --with ./verify.ts, a module whose default export verifies one record.')
  // A bare word is a built-in's name, so that a built-in can be added later without changing what a path means.
  if (/^[\w-]+$/.test(given))
    throw badUsage(
      `there is no built-in verifier '${given}'. For a module of your own give its path, such as ./${given}.ts.`,
    )
  const stats = await statsOf(URL.canParse(given) ? new URL(given) : given)
  if (stats?.isDirectory()) throw badUsage(`the verifier '${given}' is a folder. Give the path of a module in it.`)
  if (given.endsWith('.json') && stats !== undefined)
    throw badUsage(`the verifier '${given}' is JSON and no module. A configuration is given with --config.`)
  return given
}

/** What `--with` names, as a URL. */
export function verifierUrl(location: string): string {
  return /^(file|data|node):/.test(location) ? location : pathToFileURL(resolve(location)).href
}
