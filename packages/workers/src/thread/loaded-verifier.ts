import type { CheckTerms } from '../chain-terms.ts'
import type { VerifierHost } from './host/host-functions.ts'
import type { FoundConcurrency } from './found-concurrency.ts'
import type { PrefetchHook } from './prefetching.ts'

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
  /** How many of its tasks are worth running at once here, of runs that leave that to the thread; of a chain, checks. */
  readonly found: FoundConcurrency
  /** Of a chain: its checks. Then `verify` is theirs, and not called. */
  readonly chain?: LoadedChain
}

/** A check of a chain, set up in this thread. */
export interface LoadedCheck {
  /** Its place in the chain, from 0; those that it waits for have lower ones. */
  readonly place: number
  readonly terms: CheckTerms
  /** Places of all that come before it, those before these included. */
  readonly before: readonly number[]
  readonly verifier: LoadedVerifier
}

/** A chain that is set up in this thread. */
export type LoadedChain = readonly LoadedCheck[]

/** The shortest time that one of its checks has, ms. @param timeoutMs - of those that have none of their own */
export function shortestTimeoutMs(chain: LoadedChain | undefined, timeoutMs: number): number {
  if (chain === undefined) return timeoutMs
  return chain.reduce((shortest, { terms }) => Math.min(shortest, terms.timeoutMs ?? timeoutMs), Infinity)
}
