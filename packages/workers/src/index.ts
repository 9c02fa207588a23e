export { pass, flag, fail } from './verdict.ts'
export type { Issue, Verdict, VerdictName } from './verdict.ts'
export { defineVerifier } from './verifier.ts'
export type {
  Answer,
  HostFunctions,
  HostOf,
  PlainVerifier,
  PrefetchContext,
  SetupContext,
  Verifier,
  VerifierDefinition,
  VerifyContext,
} from './verifier.ts'
export { defineReducer } from './reducer.ts'
export type { FoldedTask, Reducer, ReducerContext, ReducerDefinition } from './reducer.ts'
export { OverloadedError, overloaded, throwIfOverloaded } from './overload.ts'
