import { setTimeout as delay } from 'node:timers/promises'
import { FanfoldError } from '../fanfold-error.ts'
import type { LoadVerifier } from '../protocol.ts'
import { toDefinition } from '../verifier.ts'
import type { VerifierDefinition } from '../verifier.ts'
import type { HostCalls } from './host/host-calls.ts'
import { hostFunctions } from './host/host-functions.ts'
import type { VerifierHost } from './host/host-functions.ts'
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
  const { url, config, verifier, hostFunctions: names } = message
  const host: VerifierHost = { calls, verifier, names }
  const definition = toDefinition(await importDefault(url, VERIFIER))
  if (definition === undefined) {
    throw new FanfoldError(
      'FANFOLD_VERIFIER_NO_EXPORT',
      `${pathOf(url)} has no verifier as its default export. Write \`export default defineVerifier({ verify(item) { … } })\` or export a function.`,
    )
  }
  let state: unknown
  try {
    state = await definition.setup?.({ config, signal, host: hostFunctions(host) })
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

function startTimedOut({ url, startTimeoutMs }: LoadVerifier): FanfoldError {
  return new FanfoldError(
    'FANFOLD_START_TIMED_OUT',
    `loading and setting up ${pathOf(url)} took longer than ${startTimeoutMs} ms. Raise startTimeoutMs if it is slow, not stuck.`,
  )
}
