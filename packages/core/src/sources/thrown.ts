import { FanfoldError } from '@fanfold/workers/protocol'

/** What was thrown, for a message. Anything can be thrown, even what cannot be turned into text; this never throws. */
export function reasonOf(cause: unknown): string {
  try {
    // Whatever the types say, a message may be anything.
    return String(cause instanceof Error ? cause.message : cause)
  } catch {
    return 'it threw a value that has no text'
  }
}

/** As `instanceof`, which a thrown proxy can make throw. */
export function isFanfoldError(cause: unknown): cause is FanfoldError {
  try {
    return cause instanceof FanfoldError
  } catch {
    return false
  }
}
