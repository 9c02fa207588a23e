import { FanfoldError } from '../errors.ts'

/** A verifier waits, through a host function, for something that needs a thread of its own engine. */
export function nestedRun(): FanfoldError {
  return new FanfoldError(
    'FANFOLD_NESTED_RUN',
    "a host function that a verifier has called begins something on the verifier's own engine. All threads may be busy with tasks that wait for it, and none be left to run it. Use another engine there, or do one after the other.",
  )
}
