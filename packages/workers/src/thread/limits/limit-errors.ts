import { FanfoldError } from '../../fanfold-error.ts'

/** A call was refused, without being made, because too many before it have failed. */
export class LimitOpenError extends FanfoldError {
  /** After so many ms calls are let through again. */
  readonly retryAfterMs: number

  constructor(name: string, retryAfterMs: number) {
    super(
      'FANFOLD_LIMIT_OPEN',
      `the limit '${name}' refuses calls for ${Math.ceil(retryAfterMs)} ms, because too many of the last ones have failed. Have the task tried again later (retry, --retries, --redrive).`,
    )
    this.retryAfterMs = retryAfterMs
  }
}

export function queueTimedOut(name: string, queueTimeoutMs: number): FanfoldError {
  return new FanfoldError(
    'FANFOLD_LIMIT_QUEUE_TIMED_OUT',
    `a call waited ${queueTimeoutMs} ms for a permit of the limit '${name}'. Let fewer tasks wait (concurrency), or raise its queueTimeoutMs.`,
  )
}

/** @param names - of limits whose permits are all held by calls that wait for one another */
export function deadlocked(names: readonly string[]): FanfoldError {
  const [first = ''] = names
  const which =
    names.length === 1 ? `the limit '${first}'` : `the limits ${names.map((name) => `'${name}'`).join(' and ')}`
  return new FanfoldError(
    'FANFOLD_LIMIT_DEADLOCK',
    `all permits of ${which} are held by calls that wait for another one of them, so that none can go on. Make one call after the other instead of one within the other, or always in the same order with more permits for the inner one.`,
  )
}

/** @param known - the names that there are */
export function unknownLimit(name: string, known: readonly string[]): FanfoldError {
  return new FanfoldError(
    'FANFOLD_LIMIT_UNKNOWN',
    known.length === 0
      ? `the engine has no limit '${name}', and no other. Give it one: new Engine({ limits: { ${JSON.stringify(name)}: { concurrency: 50 } } }), or --limit-of ${name}=50.`
      : `the engine has no limit '${name}'. It has ${known.map((each) => `'${each}'`).join(', ')}.`,
  )
}
