export { barrier, chain, check } from './chain.ts'
export type { Barrier, Chain, ChainCheck, CheckVerifier, ChecksByName, Stage } from './chain.ts'
export type { ChainCheckOptions, CheckEnd, RetryCounts } from './check-options.ts'
export type { EarlierCheck } from './earlier-check.ts'
export type { CheckStatus } from './check-ends.ts'
export type { CheckOutcome } from './check-outcomes.ts'
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
