import type { Chain, Verdict, Verifier, VerifyContext } from '@fanfold/workers'

/** The URL of a verifier module that carries the types of its verifier; see {@link verifierAt}. */
export interface VerifierUrl<Item, Config, Value> extends URL {
  /** Never present at run time. */
  readonly types?: (item: Item, config: Config) => Value
}

/** Several verifier modules, each a check of its name, side by side on each task: a chain of one stage. */
export type VerifiersByName = Readonly<Record<string, URL | string>>

/** What may be given as a verifier: a module's URL, or its path; or several by name. */
export type VerifierLocation<Item = never, Config = unknown, Value = unknown> =
  | VerifierUrl<Item, Config, Value>
  | URL
  | string
  | VerifiersByName

/** What a module's default export says about its items, config and values. */
type TypesOf<Exported> =
  Exported extends Verifier<infer Item, infer Config, infer _State, infer Value>
    ? readonly [Item, Config, Value]
    : Exported extends Chain<infer Item, infer Config>
      ? readonly [Item, Config, never]
      : Exported extends (item: infer Item, ...rest: infer Rest) => infer Returned
        ? readonly [Item, ConfigOf<Rest>, ValueOf<Awaited<Returned>>]
        : readonly [unknown, unknown, unknown]

type ConfigOf<Rest> = Rest extends readonly [VerifyContext<infer Config>, ...unknown[]] ? Config : unknown

/** `never` stands for verdicts without a value. */
type ValueOf<Answered> = Answered extends Verdict<infer Value> ? Value : never

/**
 * A verifier module's URL, with the types of the verifier: items, config and values are checked from then on.
 *
 * @example
 * ```ts
 * import { Engine, ndjson, verifierAt } from '@fanfold/core'
 *
 * const engine = new Engine()
 * const url = verifierAt<typeof import('./verifier.ts')>(new URL('./verifier.ts', import.meta.url))
 * const run = engine.run(url, ndjson('customers.ndjson'))
 * await run.report()
 * await engine.close()
 * ```
 */
export function verifierAt<Module extends { readonly default: unknown }>(
  url: URL,
): TypesOf<Module['default']> extends readonly [infer Item, infer Config, infer Value]
  ? VerifierUrl<Item, Config, Value>
  : never {
  return url as never // the types exist at compile time only
}
