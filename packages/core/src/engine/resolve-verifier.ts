import type { NamedModule } from '@fanfold/workers/protocol'
import { FanfoldError } from '../errors.ts'
import { kindOf, moduleUrl } from '../options/module-url.ts'

/** The module of a verifier; or several, each a check of its name, and `url` is that of the first. */
export interface VerifierModules {
  readonly url: string
  readonly modules: readonly NamedModule[] | undefined
}

/** @throws {FanfoldError} `FANFOLD_VERIFIER_NOT_A_MODULE` */
export function verifierModules(verifier: unknown): VerifierModules {
  if (typeof verifier !== 'object' || verifier === null || verifier instanceof URL)
    return { url: verifierUrl(verifier), modules: undefined }
  const modules = Object.entries(verifier).map(([name, location]) => ({ name, url: verifierUrl(location) }))
  const [first] = modules
  if (first === undefined) throw notAModule('an object without a check', '')
  return { url: first.url, modules }
}

function verifierUrl(verifier: unknown): string {
  const url = moduleUrl(verifier)
  if (url !== undefined) return url
  throw notAModule(kindOf(verifier), ': a function cannot be sent to a thread')
}

function notAModule(received: string, why: string): FanfoldError {
  return new FanfoldError(
    'FANFOLD_VERIFIER_NOT_A_MODULE',
    `the verifier has to be the URL of a module, and is ${received}${why}. Move it to a file of its own, \`export default\` it there, and give new URL('./that-file.ts', import.meta.url).`,
  )
}
