import { badUsage } from '../problem.ts'

/**
 * Which module `--with` names.
 *
 * @throws {FanfoldError} `FANFOLD_BAD_OPTION`
 */
export function verifierLocation(given: string | undefined): string {
  if (given === undefined)
    throw badUsage('No verifier is given. Add --with ./verify.ts, a module whose default export verifies one record.')
  // A bare word is a built-in's name, so that a built-in can be added later without changing what a path means.
  if (/^[\w-]+$/.test(given))
    throw badUsage(
      `There is no built-in verifier '${given}'. For a module of your own give its path, such as ./${given}.ts.`,
    )
  return given
}
