import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { describe, isA } from '../error-codec.ts'
import { FanfoldError } from '../fanfold-error.ts'
import type { LoadVerifier } from '../protocol.ts'
import { toDefinition } from '../verifier.ts'
import type { VerifierDefinition } from '../verifier.ts'
import type { HostCalls } from './host/host-calls.ts'
import { hostFunctions } from './host/host-functions.ts'
import type { VerifierHost } from './host/host-functions.ts'
import { FoundConcurrency } from './found-concurrency.ts'
import type { PrefetchHook } from './prefetching.ts'

/** Tasks that `prefetch` sees together, unless the verifier says otherwise, and how long that may take, ms. */
const DEFAULT_PREFETCH_SIZE = 500
const DEFAULT_PREFETCH_MS = 30_000

/** A verifier that is set up in this thread. */
export interface LoadedVerifier {
  readonly config: unknown
  readonly state: unknown
  readonly host: VerifierHost
  verify(item: unknown, context: unknown): unknown
  /** Whether another attempt may end differently. */
  isRetryable(error: unknown, context: { readonly attempt: number; readonly index: number }): boolean
  teardown(): unknown
  /** Sees tasks before they are verified. */
  readonly prefetch: PrefetchHook | undefined
  /** How many of its tasks are worth running at once here, of runs that leave that to the thread. */
  readonly found: FoundConcurrency
}

/**
 * Imports a verifier's module and runs its setup, both within `startTimeoutMs`.
 *
 * @throws {FanfoldError} `FANFOLD_VERIFIER_*`, `FANFOLD_SETUP_FAILED`, `FANFOLD_START_TIMED_OUT`.
 */
export async function loadVerifier(message: LoadVerifier, calls: HostCalls): Promise<LoadedVerifier> {
  const controller = new AbortController()
  const started = start(message, calls, controller.signal)
  if (message.startTimeoutMs === Infinity) return started
  const ended = new AbortController()
  try {
    return await Promise.race([
      started,
      delay(message.startTimeoutMs, undefined, { signal: ended.signal }).then(() =>
        Promise.reject(startTimedOut(message)),
      ),
    ])
  } catch (error) {
    controller.abort(error)
    // It may still come to its end, and nobody waits for it any more: what it opened is to be closed.
    started.then((late) => late.teardown()).catch(() => {})
    throw error
  } finally {
    ended.abort()
  }
}

async function start(message: LoadVerifier, calls: HostCalls, signal: AbortSignal): Promise<LoadedVerifier> {
  const { url, config, verifier, concurrency, hostFunctions: names } = message
  const host: VerifierHost = { calls, verifier, names }
  const definition = toDefinition(await importDefault(url))
  if (definition === undefined) {
    throw new FanfoldError(
      'FANFOLD_VERIFIER_NO_EXPORT',
      `${pathOf(url)} has no verifier as its default export. Write \`export default defineVerifier({ verify(item) { … } })\` or export a function.`,
    )
  }
  let state: unknown
  try {
    state = await definition.setup?.({ config, signal, concurrency, host: hostFunctions(host) })
  } catch (cause) {
    throw new FanfoldError('FANFOLD_SETUP_FAILED', `setup of ${pathOf(url)} failed: ${messageOf(cause)}`, { cause })
  }
  return {
    config,
    state,
    host,
    verify: (item, context) => definition.verify(item, context as never),
    isRetryable: (error, context) => isRetryable(definition, error, context),
    teardown: () => definition.teardown?.(state, { config }),
    prefetch: prefetchOf(definition, { state, config, host: hostFunctions(host) }),
    found: new FoundConcurrency(),
  }
}

function prefetchOf(
  definition: VerifierDefinition<unknown, unknown, unknown, unknown>,
  context: { readonly state: unknown; readonly config: unknown; readonly host: object },
): PrefetchHook | undefined {
  if (definition.prefetch === undefined) return undefined
  const { prefetchSize = DEFAULT_PREFETCH_SIZE, prefetchTimeoutMs = DEFAULT_PREFETCH_MS } = definition
  return {
    prefetch: (items, signal) => definition.prefetch?.(items, { ...context, signal } as never),
    size: prefetchSize,
    timeoutMs: prefetchTimeoutMs,
  }
}

function isRetryable(
  { retryable }: Pick<VerifierDefinition<unknown, unknown, unknown, unknown>, 'retryable'>,
  error: unknown,
  { attempt, index }: { readonly attempt: number; readonly index: number },
): boolean {
  try {
    if (typeof error === 'object' && error !== null && 'retryable' in error && error.retryable === false) return false
    return retryable === undefined || retryable(error, { attempt, index })
  } catch {
    return false // the error that is told is the task's own
  }
}

async function importDefault(url: string): Promise<unknown> {
  try {
    const module = (await import(url)) as { default?: unknown }
    return module.default
  } catch (cause) {
    throw importError(url, cause)
  }
}

function importError(url: string, cause: unknown): FanfoldError {
  const path = pathOf(url)
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined
  if (code === 'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING') {
    return new FanfoldError(
      'FANFOLD_VERIFIER_TYPESCRIPT',
      `${path} is (or imports) TypeScript under node_modules, which Node does not load. Build it to JavaScript, or keep the verifier outside of node_modules.`,
      { cause },
    )
  }
  if (code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX') {
    return new FanfoldError(
      'FANFOLD_VERIFIER_TYPESCRIPT',
      `${path} cannot be loaded by Node's type stripping: ${firstLine(cause)}. Enums, namespaces and parameter properties have to be built to JavaScript first.`,
      { cause },
    )
  }
  const isItself = code === 'ERR_MODULE_NOT_FOUND' && (cause as { url?: unknown }).url === url
  if (isItself) {
    return new FanfoldError('FANFOLD_VERIFIER_NOT_FOUND', `there is no verifier module ${path}. Check the path.`, {
      cause,
    })
  }
  const where = cause instanceof SyntaxError ? syntaxErrorPlace(cause) : undefined
  return new FanfoldError(
    'FANFOLD_VERIFIER_LOAD_FAILED',
    `${path} could not be loaded: ${cause instanceof SyntaxError ? 'syntax error' : 'error'}${where === undefined ? '' : ` in ${where}`}: ${firstLine(cause)}`,
    { cause },
  )
}

/** A syntax error's stack begins with `file:///…/x.js:3`, in TypeScript with `/…/x.ts:3`. */
function syntaxErrorPlace(error: SyntaxError): string | undefined {
  const place = /^(\S.*?)(:\d+)\n/.exec(error.stack ?? '')
  return place === null ? undefined : `${pathOf(place[1]!)}${place[2]}`
}

function startTimedOut({ url, startTimeoutMs }: LoadVerifier): FanfoldError {
  return new FanfoldError(
    'FANFOLD_START_TIMED_OUT',
    `loading and setting up ${pathOf(url)} took longer than ${startTimeoutMs} ms. Raise startTimeoutMs if it is slow, not stuck.`,
  )
}

function pathOf(url: string): string {
  return url.startsWith('file:') ? fileURLToPath(url) : url.slice(0, 200)
}

/** A text for whatever was thrown. */
export function messageOf(thrown: unknown): string {
  return isA(Error, thrown) ? thrown.message : describe(thrown)
}

function firstLine(thrown: unknown): string {
  return messageOf(thrown).trim().split('\n')[0]!
}
