import { setTimeout as delay } from 'node:timers/promises'
import { FanfoldError } from '../fanfold-error.ts'
import { badChain } from '../chain-errors.ts'
import { chain, isChain } from '../chain.ts'
import type { Chain } from '../chain.ts'
import { declaredChecks } from '../chain-terms.ts'
import type { LoadVerifier, NamedModule } from '../protocol.ts'
import type { LoadedVerifier } from './loaded-verifier.ts'
import { toDefinition } from '../verifier.ts'
import type { VerifierDefinition } from '../verifier.ts'
import type { HostCalls } from './host/host-calls.ts'
import { hostFunctions } from './host/host-functions.ts'
import type { VerifierHost } from './host/host-functions.ts'
import { FoundConcurrency } from './found-concurrency.ts'
import { importDefault, messageOf, pathOf } from './import-default.ts'
import type { ModuleKind } from './import-default.ts'
import type { PrefetchHook } from './prefetching.ts'

const VERIFIER: ModuleKind = {
  name: 'verifier',
  notFound: 'FANFOLD_VERIFIER_NOT_FOUND',
  typescript: 'FANFOLD_VERIFIER_TYPESCRIPT',
  failed: 'FANFOLD_VERIFIER_LOAD_FAILED',
}

/** Tasks that `prefetch` sees together, unless the verifier says otherwise, and how long that may take, ms. */
const DEFAULT_PREFETCH_SIZE = 500
const DEFAULT_PREFETCH_MS = 30_000

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
  const { url, config, verifier, concurrency, hostFunctions: names, modules } = message
  const setup: Setup = { config, signal, concurrency, host: { calls, verifier, names } }
  if (modules !== undefined) return loadChain(await chainOf(modules), setup)
  const exported = await importDefault(url, VERIFIER)
  if (isChain(exported)) return loadChain(exported, setup)
  return setUp(definitionOf(url, exported), pathOf(url), setup)
}

/** A chain of one stage, of several modules. */
async function chainOf(modules: readonly NamedModule[]): Promise<Chain> {
  const checks: [name: string, check: VerifierDefinition<unknown, unknown, unknown, unknown>][] = []
  for (const { name, url } of modules) checks.push([name, checkOf(name, url, await importDefault(url, VERIFIER))])
  return chain(Object.fromEntries(checks))
}

function checkOf(name: string, url: string, exported: unknown): VerifierDefinition<unknown, unknown, unknown, unknown> {
  if (!isChain(exported)) return definitionOf(url, exported)
  throw badChain(
    `${pathOf(url)} exports a chain, which cannot be the check ${name} of another. Give it without a name and alone.`,
  )
}

function definitionOf(url: string, exported: unknown): VerifierDefinition<unknown, unknown, unknown, unknown> {
  const definition = toDefinition(exported)
  if (definition !== undefined) return definition
  throw new FanfoldError(
    'FANFOLD_VERIFIER_NO_EXPORT',
    `${pathOf(url)} has no verifier as its default export. Write \`export default defineVerifier({ verify(item) { … } })\` or export a function.`,
  )
}

/** What verifiers are set up with. */
interface Setup {
  readonly config: unknown
  readonly signal: AbortSignal
  readonly concurrency: number
  readonly host: VerifierHost
}

async function setUp(
  definition: VerifierDefinition<unknown, unknown, unknown, unknown>,
  what: string,
  { config, signal, concurrency, host }: Setup,
): Promise<LoadedVerifier> {
  let state: unknown
  try {
    state = await definition.setup?.({ config, signal, concurrency, host: hostFunctions(host) })
  } catch (cause) {
    throw new FanfoldError('FANFOLD_SETUP_FAILED', `setup of ${what} failed: ${messageOf(cause)}`, { cause })
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

/** All of its checks are set up, side by side; or none stays so. */
async function loadChain(chained: Chain, setup: Setup): Promise<LoadedVerifier> {
  const declared = declaredChecks(chained)
  const results = await Promise.allSettled(
    declared.map(({ terms, definition }) => setUp(definition, `the check ${terms.name}`, setup)),
  )
  const verifiers = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  const tearDown = async (): Promise<void> => {
    const torn = await Promise.allSettled(verifiers.map(async (verifier) => verifier.teardown()))
    for (const each of torn) if (each.status === 'rejected') throw each.reason
  }
  const failed = results.find((result) => result.status === 'rejected')
  if (failed !== undefined) {
    await tearDown().catch(() => {}) // why it could not be set up is told
    throw failed.reason
  }
  return {
    config: setup.config,
    state: undefined,
    host: setup.host,
    verify: () => {
      throw new FanfoldError('FANFOLD_INTERNAL', 'a chain was called as if it were one verifier')
    },
    isRetryable: () => false,
    teardown: tearDown,
    prefetch: undefined,
    found: new FoundConcurrency(),
    chain: declared.map(({ terms, before }, place) => ({ place, terms, before, verifier: verifiers[place]! })),
  }
}

function prefetchOf(
  definition: VerifierDefinition<unknown, unknown, unknown, unknown>,
  context: { readonly state: unknown; readonly config: unknown; readonly host: object },
): PrefetchHook | undefined {
  if (definition.prefetch === undefined) return undefined
  const { prefetchSize = DEFAULT_PREFETCH_SIZE, prefetchTimeoutMs = DEFAULT_PREFETCH_MS } = definition
  if (!Number.isInteger(prefetchSize) || prefetchSize < 1)
    throw badPrefetch('prefetchSize', prefetchSize, 'a whole number from 1')
  if (!(prefetchTimeoutMs >= 1) || (prefetchTimeoutMs !== Infinity && prefetchTimeoutMs >= 2 ** 31))
    throw badPrefetch('prefetchTimeoutMs', prefetchTimeoutMs, '1 to 2,147,483,647, or Infinity')
  return {
    prefetch: (items, signal) => definition.prefetch?.(items, { ...context, signal } as never),
    size: prefetchSize,
    timeoutMs: prefetchTimeoutMs,
  }
}

function badPrefetch(option: string, given: unknown, remedy: string): FanfoldError {
  return new FanfoldError('FANFOLD_BAD_OPTION', `the verifier's ${option} is ${String(given)}. Use ${remedy}.`)
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

function startTimedOut({ url, modules, startTimeoutMs }: LoadVerifier): FanfoldError {
  // Of several, nobody can say which.
  const what = (modules ?? [{ url }]).map((module) => pathOf(module.url)).join(', ')
  return new FanfoldError(
    'FANFOLD_START_TIMED_OUT',
    `loading and setting up ${what} took longer than ${startTimeoutMs} ms. Raise startTimeoutMs if it is slow, not stuck.`,
  )
}
