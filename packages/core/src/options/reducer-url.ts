import type { Reducer } from '@fanfold/workers'

/** The URL of a reducer module that carries the types of its reducer; see {@link reducerAt}. */
export interface ReducerUrl<Value, Accumulator, Config> extends URL {
  /** Never present at run time. */
  readonly types?: {
    /** A method, which may be given more than it asks for, or something of which nothing is known. */
    fold(value: Value): Accumulator
    readonly config: (config: Config) => void
  }
}

/** What may be given as a reducer of outcomes with these values: a module's URL, or its path. */
export type ReducerLocation<Value = unknown, Accumulator = unknown, Config = unknown> =
  | ReducerUrl<Value, Accumulator, Config>
  | (URL & { readonly types?: never })
  | string

/** What a module's default export says about its values, accumulator and config. */
type TypesOf<Exported> =
  Exported extends Reducer<infer _Item, infer Value, infer Accumulator, infer Config>
    ? readonly [Value, Accumulator, Config]
    : readonly [unknown, unknown, unknown]

/**
 * A reducer module's URL, with the types of the reducer: the values that it is given, its config, and what comes of it.
 *
 * @example
 * ```ts
 * import { Engine, ndjson, reducerAt } from '@fanfold/core'
 *
 * const engine = new Engine()
 * const sum = reducerAt<typeof import('./reducer.ts')>(new URL('./reducer.ts', import.meta.url))
 * const run = engine.run(new URL('./verifier.ts', import.meta.url), ndjson('customers.ndjson'))
 * const { value } = await run.reduce(sum)
 * console.log(value)
 * await engine.close()
 * ```
 */
export function reducerAt<Module extends { readonly default: unknown }>(
  url: URL,
): TypesOf<Module['default']> extends readonly [infer Value, infer Accumulator, infer Config]
  ? ReducerUrl<Value, Accumulator, Config>
  : never {
  return url as never // the types exist at compile time only
}
