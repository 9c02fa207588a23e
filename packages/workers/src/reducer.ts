import type { CheckOutcome } from './check-outcomes.ts'
import type { Issue, VerdictName } from './verdict.ts'

/** A task that was completed, as a reducer's `step` sees it: its outcome, and the item. */
export interface FoldedTask<Item = unknown, Value = unknown> {
  /** The task's 0-based position in the source: `outcome.index`. */
  readonly index: number
  /** Text sources: the 1-based line within its file, where the record starts. */
  readonly line: number | undefined
  /** The input as given, when the source has several; of `files`, the file's name. */
  readonly file: string | undefined
  /** What the source's `id` option pointed at. */
  readonly id: unknown
  /** As the verifier has left it. */
  readonly item: Item
  readonly verdict: VerdictName
  /** The first issue's reason. */
  readonly reason: string | undefined
  /** None for a pass. */
  readonly issues: readonly Issue[]
  readonly value: Value | undefined
  /** Of a chain: how each of its checks ended, by name, as in the outcome; the values are in there. */
  readonly checks: Readonly<Record<string, CheckOutcome>> | undefined
}

/** What each function of a reducer is given beside its arguments. */
export interface ReducerContext<Config = unknown> {
  /** A copy of what the application gave as `config`; `{}` when it gave none. */
  readonly config: Config
}

/**
 * How outcomes become one value: each part of a shard is folded in its thread, from an empty accumulator on, and the
 * accumulators are combined. None of these may be async.
 */
export interface ReducerDefinition<Item, Value, Accumulator, Config> {
  /** A new accumulator of nothing. Called often: for each part, and for a run of which no task was completed. */
  init(context: ReducerContext<Config>): Accumulator
  /** The accumulator with one more task: the one that was given, changed, or another. */
  step(accumulator: Accumulator, task: FoldedTask<Item, Value>, context: ReducerContext<Config>): Accumulator
  /**
   * Two accumulators as one: `left`, changed, or another. It has to be associative: which neighbours are combined first
   * depends on time. With `order: 'input'`, the tasks in `left` come before those in `right`.
   */
  combine(left: Accumulator, right: Accumulator, context: ReducerContext<Config>): Accumulator
}

const BRAND: unique symbol = Symbol.for('fanfold.reducer.1') as never

/** A reducer made by {@link defineReducer}; the type parameters carry over to `run.reduce()`. */
export interface Reducer<
  Item = unknown,
  Value = unknown,
  Accumulator = unknown,
  Config = unknown,
> extends ReducerDefinition<Item, Value, Accumulator, Config> {
  readonly [BRAND]: true
}

/**
 * Declares a reducer; a reducer's module has it as its default export, and is given to `run.reduce()`. Only completed
 * tasks are folded, each once.
 *
 * @typeParam Item - what the source yields.
 * @typeParam Value - what the verifier gives with its verdicts.
 * @typeParam Accumulator - plain data: it is sent between threads.
 * @throws TypeError when a function is missing.
 * @example
 * ```ts
 * import { defineReducer } from '@fanfold/workers'
 *
 * export default defineReducer<{ amount: number }, never, { count: number; sum: number }>({
 *   init: () => ({ count: 0, sum: 0 }),
 *   step: (total, { item }) => ({ count: total.count + 1, sum: total.sum + item.amount }),
 *   combine: (left, right) => ({ count: left.count + right.count, sum: left.sum + right.sum }),
 * })
 * ```
 */
export function defineReducer<Item = unknown, Value = unknown, Accumulator = unknown, Config = unknown>(
  definition: ReducerDefinition<Item, Value, Accumulator, Config>,
): Reducer<Item, Value, Accumulator, Config> {
  if (toReducer(definition) === undefined) {
    throw new TypeError('defineReducer() needs an object with three functions: { init, step, combine }.')
  }
  return Object.freeze({ ...definition, [BRAND]: true as const })
}

/** A module's default export as a definition, or `undefined` when it is no reducer. */
export function toReducer(exported: unknown): ReducerDefinition<unknown, unknown, unknown, unknown> | undefined {
  if (typeof exported !== 'object' || exported === null) return undefined
  const { init, step, combine } = exported as Partial<Record<'init' | 'step' | 'combine', unknown>>
  const isReducer = typeof init === 'function' && typeof step === 'function' && typeof combine === 'function'
  return isReducer ? (exported as ReducerDefinition<unknown, unknown, unknown, unknown>) : undefined
}
