import type { Answer, PlainVerifier, Verifier } from '@fanfold/workers'

/** The URL of a verifier module that carries the types of its verifier; see {@link verifierAt}. */
export interface VerifierUrl<Item, Config, Value> extends URL {
  /** Never present at run time. */
  readonly types?: (item: Item, config: Config) => Value
}

/** What may be given as a verifier: a module's URL, or its path. */
export type VerifierLocation<Item = never, Config = unknown, Value = unknown> =
  | VerifierUrl<Item, Config, Value>
  | URL
  | string

type ItemOf<Exported> =
  Exported extends Verifier<infer Item, never, never>
    ? Item
    : Exported extends (item: infer Item, ...rest: never[]) => unknown
      ? Item
      : unknown

type ConfigOf<Exported> =
  Exported extends Verifier<never, infer Config, never>
    ? Config
    : Exported extends PlainVerifier<never, infer Config>
      ? Config
      : unknown

type ValueOf<Exported> =
  Exported extends Verifier<never, never, never, infer Value>
    ? Value
    : Exported extends (...args: never[]) => infer Returned
      ? Awaited<Returned> extends Answer<infer Value>
        ? Value
        : unknown
      : unknown

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
): VerifierUrl<ItemOf<Module['default']>, ConfigOf<Module['default']>, ValueOf<Module['default']>> {
  return url
}
