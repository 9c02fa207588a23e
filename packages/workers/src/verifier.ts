import type { EarlierCheck } from './earlier-check.ts'
import type { Verdict } from './verdict.ts'

/** What a verifier may return for an item: a verdict, `true` (pass), `false` (fail, reason `rejected`), or a promise of one. */
export type Answer<Value = unknown> = Verdict<Value> | boolean

/** Functions of the main thread, by name, as the application gives them (`hostFunctions`). */
export type HostFunctions = Readonly<Record<string, (...args: never[]) => unknown>>

/** The same as a verifier calls them: each answers with a promise. */
export type HostOf<Functions> = {
  readonly [Name in keyof Functions]: Functions[Name] extends (...args: infer Args) => infer Returned
    ? (...args: Args) => Promise<Awaited<Returned>>
    : never
}

/** What `setup` is given. */
export interface SetupContext<Config = unknown, Host = HostFunctions> {
  /** A copy of what the application gave as `config`; `{}` when it gave none. */
  readonly config: Config
  /** Fires when setup takes longer than `startTimeoutMs`. */
  readonly signal: AbortSignal
  /**
   * This thread's share of the concurrency: as many tasks of this verifier may be running here at once, for which a pool of
   * connections may be made as large. The shares of all threads add up to what may be running over all of them, as far as
   * that is known now: what the run says, or `load` for its requests; by default 50, or the largest limit's permits, and at
   * least one for each thread. A run of a loaded verifier with a `concurrency` of its own, and a limit that adapts or is
   * updated, may come to more later.
   */
  readonly concurrency: number
  /** As `verify` has them. */
  readonly host: HostOf<Host>
}

/** What `verify` is given beside the item. It may be destructured and kept. */
export interface VerifyContext<Config = unknown, State = unknown, Host = HostFunctions, Prefetched = unknown> {
  /** What `setup` resolved to, in this thread. */
  readonly state: State
  /** A copy of what the application gave as `config`; `{}` when it gave none. */
  readonly config: Config
  /** What the verifier's `prefetch` resolved to for the group that this task is in; `undefined` without one. */
  readonly prefetched: Prefetched
  /**
   * Fires at the task's timeout and when the run is cancelled; made when it is first read.
   * A task that honours it ends early; one that does not is abandoned.
   */
  readonly signal: AbortSignal
  /**
   * 1, and one more for each earlier execution that is charged to the task. A verifier may run more than once with the
   * same number: when a neighbour took the thread down, that is nobody's attempt.
   */
  readonly attempt: number
  /** In a chain: what the checks of this task that come before this one came to, by name; else empty. */
  readonly checks: Readonly<Record<string, EarlierCheck | undefined>>
  /** The task's 0-based position in the source: `outcome.index`. */
  readonly index: number
  /** Text sources: the 1-based line within its file, where the record starts. */
  readonly line: number | undefined
  /** The input as given, when the source has several; of `files`, the file's name. */
  readonly file: string | undefined
  /**
   * Functions of the main thread that the application gave with the verifier (`hostFunctions`). Arguments and results are
   * copied; an error arrives with its name, message, code, cause and fields. Each call takes a message there and back (some
   * 60 to 100 µs), and the main thread's time.
   *
   * Rejects with `FANFOLD_NOT_CLONEABLE` when something cannot be sent, and with the reason of its end when the task is told
   * to end. Reading a name that was not given throws `FANFOLD_HOST_FUNCTION_UNKNOWN`.
   */
  readonly host: HostOf<Host>
  /**
   * Makes a call to a downstream, within a limit of the engine (`new Engine({ limits })`): it is begun when there is a
   * permit for it, and gives that back when it has ended. The permits are shared by all runs, threads and processes of the
   * engine. The call is given the task's `signal`.
   *
   * While the task waits for a permit, and makes no other call, its timeout stands still; the wait has `queueTimeoutMs`. A
   * call that the verifier has not waited for loses its permit when the task is settled.
   *
   * Resolves or rejects as the call does; rejects with the codes `FANFOLD_LIMIT_UNKNOWN`, `FANFOLD_LIMIT_OPEN` and
   * `FANFOLD_LIMIT_QUEUE_TIMED_OUT` when it was not made.
   */
  readonly limit: <Result>(
    name: string,
    call: (signal: AbortSignal) => Result | PromiseLike<Result>,
  ) => Promise<Awaited<Result>>
}

/** What `prefetch` is given. */
export interface PrefetchContext<Config = unknown, State = unknown, Host = HostFunctions> {
  readonly state: State
  readonly config: Config
  readonly host: HostOf<Host>
  /** Fires after `prefetchTimeoutMs`, and when the run is cancelled. */
  readonly signal: AbortSignal
}

/** A verifier with a lifecycle: `setup` once per thread, `verify` for every task, `teardown` at the end. */
export interface VerifierDefinition<Item, Config, State, Value, Host = HostFunctions, Prefetched = unknown> {
  /** Runs once per thread and load, before that thread's first task; what it resolves to is `context.state`. */
  setup?(context: SetupContext<Config, Host>): State | Promise<State>
  /**
   * Sees the items of a group before any of them is verified: one query for all of them instead of one for each. What it
   * resolves to is `context.prefetched` of these tasks. Records that cannot be parsed are left out.
   *
   * If it throws, takes too long, or takes its thread down, the group's tasks have it called for each by itself: the one
   * for which it fails then is `errored`, `timedOut` or `crashed`, and no other.
   */
  prefetch?(items: readonly Item[], context: PrefetchContext<Config, State, Host>): Prefetched | Promise<Prefetched>
  /** Tasks of a group, at most. @defaultValue 500 */
  readonly prefetchSize?: number
  /** In ms; `Infinity` is off. No task's own time. @defaultValue 30,000 */
  readonly prefetchTimeoutMs?: number
  /** Verifies one item. Sync or async; several async calls may be pending in one thread (the run's `concurrency`). */
  verify(item: Item, context: VerifyContext<Config, State, Host, Prefetched>): Answer<Value> | Promise<Answer<Value>>
  /**
   * Whether another attempt may end differently after `verify` threw this; asked only while the run has attempts left
   * (`retry.retries`). Without it, every error may, but one with `retryable: false`. If it throws, there is no retry.
   */
  retryable?(error: unknown, context: { readonly attempt: number; readonly index: number }): boolean
  /**
   * Runs when the thread is done with this verifier, within `teardownTimeoutMs`; but not when the thread had to be
   * terminated.
   */
  teardown?(state: State, context: { readonly config: Config }): void | Promise<void>
}

const BRAND: unique symbol = Symbol.for('fanfold.verifier.1') as never

/** A verifier made by {@link defineVerifier}; the type parameters carry over to outcomes. */
export interface Verifier<
  Item = unknown,
  Config = unknown,
  State = unknown,
  Value = unknown,
  Host = HostFunctions,
  Prefetched = unknown,
> extends VerifierDefinition<Item, Config, State, Value, Host, Prefetched> {
  readonly [BRAND]: true
}

/** A plain function is a verifier too, without state. */
export type PlainVerifier<Item = unknown, Config = unknown, Value = unknown, Host = HostFunctions> = (
  item: Item,
  context: VerifyContext<Config, undefined, Host>,
) => Answer<Value> | Promise<Answer<Value>>

/**
 * Declares a verifier; a verifier module has it as its default export.
 *
 * The types are inferred from annotated parameters, as below; given as type parameters, all of them are needed up to the
 * last one that is not its default.
 *
 * @typeParam Item - what the source yields: parsed JSON for `ndjson`, an object of strings for `csv`, a string for `lines`.
 * @typeParam Host - the functions that the application gives: `{ lookUp(id: string): Customer | undefined }`.
 * @throws TypeError when `verify` is not a function.
 * @example
 * ```ts
 * import { defineVerifier, flag, pass } from '@fanfold/workers'
 * import type { SetupContext } from '@fanfold/workers'
 *
 * export default defineVerifier({
 *   setup: ({ config }: SetupContext<{ known: string[] }>) => new Set(config.known),
 *   verify: (customer: { id: string }, { state }) => (state.has(customer.id) ? pass() : flag('unknown-customer')),
 * })
 * ```
 */
export function defineVerifier<
  Item = unknown,
  Config = unknown,
  State = undefined,
  Value = unknown,
  Host = HostFunctions,
  Prefetched = undefined,
>(
  definition: VerifierDefinition<Item, Config, State, Value, Host, Prefetched>,
): Verifier<Item, Config, State, Value, Host, Prefetched> {
  if (typeof definition?.verify !== 'function') {
    throw new TypeError('defineVerifier() needs an object with a `verify` function: { setup?, verify, teardown? }.')
  }
  return Object.freeze({ ...definition, [BRAND]: true as const })
}

/** A module's default export as a definition, or `undefined` when it is no verifier. */
export function toDefinition(exported: unknown): VerifierDefinition<unknown, unknown, unknown, unknown> | undefined {
  if (typeof exported === 'function') return { verify: exported as PlainVerifier }
  if (
    typeof exported === 'object' &&
    exported !== null &&
    'verify' in exported &&
    typeof exported.verify === 'function'
  ) {
    return exported as VerifierDefinition<unknown, unknown, unknown, unknown>
  }
  return undefined
}
