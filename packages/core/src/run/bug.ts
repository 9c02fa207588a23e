import { FanfoldError } from '../errors.ts'

/** What cannot be, and has happened. */
export function bugOf(cause: unknown): FanfoldError {
  const what = cause instanceof Error ? cause.message : String(cause)
  const message = `a bug in Fanfold: ${what}. Please report it, with the stack of the cause.`
  return new FanfoldError('FANFOLD_INTERNAL', message, { cause })
}
