import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { badUsage } from '../problem.ts'
import { statsOf } from './targets.ts'

/** What `--with` names: the path or URL of a module; or several by name, each a check of a chain of one stage. */
export type GivenVerifier = string | Readonly<Record<string, string>>

interface GivenModule {
  readonly name: string | undefined
  readonly location: string
}

const NAME = /^[A-Za-z_][\w-]*$/
/** In front of an equals sign, these are of a path or a URL. */
const OF_A_PATH = /[./\\:]/

/**
 * Which module, or modules, `--with` names.
 *
 * @param given - as often as it was given
 * @throws {FanfoldError} `FANFOLD_BAD_OPTION`
 */
export async function verifierLocation(given: readonly string[]): Promise<GivenVerifier> {
  const modules = given.map(moduleOf)
  const [first] = modules
  if (first === undefined)
    throw badUsage('no verifier is given. Add --with ./verify.ts, a module whose default export verifies one record.')
  if (modules.length > 1) refuseUnclear(modules)
  for (const { location } of modules) await checkModule(location)
  if (first.name === undefined) return first.location
  return Object.fromEntries(modules.map(({ name = '', location }) => [name, location]))
}

/** Its modules, as they were given. */
export function modulesOf(verifier: GivenVerifier): readonly string[] {
  return typeof verifier === 'string' ? [verifier] : Object.values(verifier)
}

/** For a person. */
export function verifierName(verifier: GivenVerifier): string {
  return typeof verifier === 'string' ? verifier : Object.keys(verifier).join(', ')
}

/** The same as URLs, which do not depend on the working directory. */
export function verifierUrls(verifier: GivenVerifier): GivenVerifier {
  if (typeof verifier === 'string') return verifierUrl(verifier)
  return Object.fromEntries(Object.entries(verifier).map(([name, location]) => [name, verifierUrl(location)]))
}

/** A module's URL. */
export function verifierUrl(location: string): string {
  return /^(file|data|node):/.test(location) ? location : pathToFileURL(resolve(location)).href
}

/** `crm=./crm.ts`, or a path, in which there may be an equals sign, too: `./a=b.ts`. */
function moduleOf(given: string): GivenModule {
  if (given === '') throw badUsage('--with is empty. Give it a value, or leave it out.')
  const at = given.indexOf('=')
  const name = given.slice(0, Math.max(at, 0))
  if (at < 0 || OF_A_PATH.test(name)) return { name: undefined, location: given }
  const location = given.slice(at + 1)
  if (!NAME.test(name) || name === '__proto__')
    throw badUsage(
      `--with '${given}' has the name '${name}'. Give one of letters, digits, - and _ that begins with a letter: --with crm=./crm.ts. A path with = in it begins with ./.`,
    )
  if (location === '') throw badUsage(`--with '${given}' has no path. Write --with ${name}=./${name}.ts.`)
  return { name, location }
}

/** Which check is which, an outcome could not say. */
function refuseUnclear(modules: readonly GivenModule[]): void {
  const unnamed = modules.find(({ name }) => name === undefined)
  if (unnamed !== undefined)
    throw badUsage(
      `several verifiers are given, and '${unnamed.location}' has no name. Name each: --with crm=./crm.ts --with billing=./billing.ts.`,
    )
  const names = modules.map(({ name }) => name)
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined) throw badUsage(`two verifiers are called '${twice}'. Give each --with a name of its own.`)
}

async function checkModule(location: string): Promise<void> {
  // A bare word is a built-in's name, so that a built-in can be added later without changing what a path means.
  if (/^[\w-]+$/.test(location))
    throw badUsage(
      `there is no built-in verifier '${location}'. For a module of your own give its path, such as ./${location}.ts.`,
    )
  const stats = await statsOf(URL.canParse(location) ? new URL(location) : location)
  if (stats?.isDirectory()) throw badUsage(`the verifier '${location}' is a folder. Give the path of a module in it.`)
  if (location.endsWith('.json') && stats !== undefined)
    throw badUsage(`the verifier '${location}' is JSON and no module. A configuration is given with --config.`)
}
