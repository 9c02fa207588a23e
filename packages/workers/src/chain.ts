import { badChain } from './chain-errors.ts'
import type { Answer, PlainVerifier } from './verifier.ts'
import type { ChainCheckOptions } from './check-options.ts'

/** What {@link defineVerifier} makes, whatever its state is, and what it prefetches. */
interface DefinedCheck<Item> {
  setup?(context: never): unknown
  prefetch?(items: readonly Item[], context: never): unknown
  readonly prefetchSize?: number
  readonly prefetchTimeoutMs?: number
  verify(item: Item, context: never): Answer | Promise<Answer>
  retryable?(error: unknown, context: { readonly attempt: number; readonly index: number }): boolean
  teardown?(state: never, context: never): void | Promise<void>
}

/** What can be a check: a function, or what {@link defineVerifier} makes. */
export type CheckVerifier<Item, Config> = PlainVerifier<Item, Config> | DefinedCheck<Item>

const CHECK: unique symbol = Symbol.for('fanfold.check.1') as never
const CHAIN: unique symbol = Symbol.for('fanfold.chain.1') as never

/** A verifier with options of its own within a chain; see {@link check}. */
export interface ChainCheck<Item, Config> {
  readonly [CHECK]: true
  readonly verifier: CheckVerifier<Item, Config>
  readonly options: ChainCheckOptions
}

/** Checks by name, which run side by side on each task. */
export type ChecksByName<Item, Config> = Readonly<
  Record<string, CheckVerifier<Item, Config> | ChainCheck<Item, Config>>
>

/** Between two stages: see {@link barrier}. */
export interface Barrier {
  readonly [CHECK]: 'barrier'
}

/** A function by itself, or `check()` of one, is a check of the function's name. */
export type Stage<Item, Config> =
  | PlainVerifier<Item, Config>
  | ChainCheck<Item, Config>
  | ChecksByName<Item, Config>
  | Barrier

/** Several checks that are made on each task; made by {@link chain}. */
export interface Chain<Item = unknown, Config = unknown> {
  readonly [CHAIN]: true
  readonly stages: readonly Stage<Item, Config>[]
}

/**
 * Declares several named checks on each task as stages in sequence; the checks of a stage run side by side. A module has it
 * as its default export, in place of a verifier.
 *
 * A task goes on to the next stage when all checks of the stage before let it (see `goOnAfter`); what does not run is
 * `skipped`. Tasks do not wait for each other: one may be in the last stage while others are in the first. Each check has
 * its own status, timeout, retries, `setup` and limits, and sees what the earlier ones came to as `context.checks`. An
 * error, a hang or a crash of one costs no other check its verdict. All checks of a task are given the same item: none may
 * change it.
 *
 * The task's status is the worst of its checks' (`aborted`, `crashed`, `timedOut`, `errored`, `completed`), its verdict the
 * worst of theirs; each check by itself is in `outcome.checks`, and counted in `report.checks`.
 *
 * A chain that cannot be (a check has no name, two have the same, `after` names one that is not there, checks wait for each
 * other) is refused when it is loaded, with `FANFOLD_BAD_CHAIN`.
 *
 * @param stages - one after the other; or an object of checks by name, which say by `after` what they wait for
 * @throws {FanfoldError} `FANFOLD_BAD_CHAIN` for what is neither a list of stages nor an object.
 * @example
 * ```ts
 * import { chain, check, fail, flag, pass } from '@fanfold/workers'
 *
 * const parse = (line: string) => (line.includes('@') ? pass(line.split('@')) : fail('no-at-sign'))
 * const length = (line: string) => (line.length > 254 ? flag('long') : pass())
 * const domain = (_line: string, { checks }: { checks: Readonly<Record<string, { value?: unknown } | undefined>> }) =>
 *   Array.isArray(checks['parse']?.value) ? pass() : flag('no-domain')
 *
 * export default chain([parse, { length, domain: check(domain, { timeoutMs: 500 }) }])
 * ```
 */
export function chain<Item = unknown, Config = unknown>(
  stages: readonly Stage<Item, Config>[] | ChecksByName<Item, Config>,
): Chain<Item, Config> {
  if (typeof stages !== 'object' || stages === null)
    throw badChain('chain() needs a list of stages, or an object of checks by name.')
  const list = Array.isArray(stages)
    ? (stages as readonly Stage<Item, Config>[])
    : [stages as ChecksByName<Item, Config>]
  return Object.freeze({ [CHAIN]: true as const, stages: Object.freeze([...list]) })
}

/**
 * A verifier with options of its own within a chain.
 *
 * @param verifier - a function, or what {@link defineVerifier} makes
 * @param options - those that are not given are the stage's, or the run's
 * @example
 * ```ts
 * import { chain, check, fail, pass } from '@fanfold/workers'
 *
 * const form = (id: string) => (/^c-\d+$/.test(id) ? pass() : fail('bad-id'))
 * const lookUp = async (id: string) => (id === 'c-0' ? fail('unknown') : pass())
 *
 * export default chain({ form, crm: check(lookUp, { after: ['form'], timeoutMs: 500, retry: { retries: 2 } }) })
 * ```
 */
export function check<Item = unknown, Config = unknown>(
  verifier: CheckVerifier<Item, Config>,
  options: ChainCheckOptions = {},
): ChainCheck<Item, Config> {
  return Object.freeze({ [CHECK]: true as const, verifier, options })
}

/**
 * Between two stages: the tasks of a shard wait here for each other. Only where the next stage is better off with all of
 * them at once. There is none for a whole run: that would have to hold all its tasks; use two runs.
 *
 * @example
 * ```ts
 * import { barrier, chain, pass } from '@fanfold/workers'
 *
 * const parse = (line: string) => pass(line.split(','))
 * const lookUp = async () => pass() // better off with many at once
 *
 * export default chain([parse, barrier(), lookUp])
 * ```
 */
export function barrier(): Barrier {
  return Object.freeze({ [CHECK]: 'barrier' as const })
}

export function isChain(exported: unknown): exported is Chain {
  return isObject(exported) && CHAIN in exported
}

export function isBarrier(stage: unknown): stage is Barrier {
  return isObject(stage) && CHECK in stage && stage[CHECK] === 'barrier'
}

export function isChainCheck(value: unknown): value is ChainCheck<unknown, unknown> {
  return isObject(value) && CHECK in value && value[CHECK] === true
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
