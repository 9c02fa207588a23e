import { fileURLToPath } from 'node:url'
import { describe, isA } from '../error-codec.ts'
import { FanfoldError } from '../fanfold-error.ts'
import type { ErrorCode } from '../fanfold-error.ts'

/** What a module is to be, and the codes of the errors for which it is not. */
export interface ModuleKind {
  readonly name: 'verifier' | 'reducer'
  readonly notFound: ErrorCode
  readonly typescript: ErrorCode
  readonly failed: ErrorCode
}

/** Node's own error has no field that names the package. */
const OWN_PACKAGE = /^Cannot find package '(@fanfold\/[a-z]+)'/

/** @throws {FanfoldError} of the kind's codes, when it cannot be imported; `FANFOLD_BAD_CHAIN` */
export async function importDefault(url: string, kind: ModuleKind): Promise<unknown> {
  try {
    const module = (await import(url)) as { default?: unknown }
    return module.default
  } catch (cause) {
    throw importError(url, kind, cause)
  }
}

function importError(url: string, { name, notFound, typescript, failed }: ModuleKind, cause: unknown): FanfoldError {
  if (isA(FanfoldError, cause) && cause.code === 'FANFOLD_BAD_CHAIN') return cause
  const path = pathOf(url)
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined
  if (code === 'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING') {
    return new FanfoldError(
      typescript,
      `${path} is (or imports) TypeScript under node_modules, which Node does not load. Build it to JavaScript, or keep the ${name} outside of node_modules.`,
      { cause },
    )
  }
  if (code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX') {
    return new FanfoldError(
      typescript,
      `${path} cannot be loaded by Node's type stripping: ${firstLine(cause)}. Enums, namespaces and parameter properties have to be built to JavaScript first.`,
      { cause },
    )
  }
  const isItself = code === 'ERR_MODULE_NOT_FOUND' && (cause as { url?: unknown }).url === url
  if (isItself) {
    return new FanfoldError(notFound, `there is no ${name} module ${path}. Check the path.`, { cause })
  }
  const missing = code === 'ERR_MODULE_NOT_FOUND' ? OWN_PACKAGE.exec(messageOf(cause))?.[1] : undefined
  if (missing !== undefined) {
    return new FanfoldError(
      failed,
      `${path} could not be loaded: ${firstLine(cause)}. Install ${missing} beside the ${name}: in its folder or in one above it, which is where Node looks.`,
      { cause },
    )
  }
  const where = cause instanceof SyntaxError ? syntaxErrorPlace(cause) : undefined
  return new FanfoldError(
    failed,
    `${path} could not be loaded: ${cause instanceof SyntaxError ? 'syntax error' : 'error'}${where === undefined ? '' : ` in ${where}`}: ${firstLine(cause)}`,
    { cause },
  )
}

/** A syntax error's stack begins with `file:///…/x.js:3`, in TypeScript with `/…/x.ts:3`. */
function syntaxErrorPlace(error: SyntaxError): string | undefined {
  const place = /^(\S.*?)(:\d+)\n/.exec(error.stack ?? '')
  return place === null ? undefined : `${pathOf(place[1]!)}${place[2]}`
}

/** For people. */
export function pathOf(url: string): string {
  return url.startsWith('file:') ? fileURLToPath(url) : url.slice(0, 200)
}

/** A text for whatever was thrown. */
export function messageOf(thrown: unknown): string {
  return isA(Error, thrown) ? thrown.message : describe(thrown)
}

function firstLine(thrown: unknown): string {
  return messageOf(thrown).trim().split('\n')[0]!
}
