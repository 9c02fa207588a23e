import { FanfoldError } from '../errors.ts'

/** What cannot be, and has happened. */
export function bugOf(cause: unknown): FanfoldError {
  const what = cause instanceof Error ? cause.message : String(cause)
  const message = `a bug in Fanfold: ${what}. Please report it, with the stack of the cause.`
  return new FanfoldError('FANFOLD_INTERNAL', message, { cause })
}

/** Its checks are not those that other threads have. */
export function changedModule(url: string): FanfoldError {
  const message = `the verifier ${url} was changed while it was in use: a thread that was started later has loaded another chain, and is not used. Start anew with the new one.`
  return new FanfoldError('FANFOLD_VERIFIER_LOAD_FAILED', message)
}
