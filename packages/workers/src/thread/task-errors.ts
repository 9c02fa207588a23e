import { FanfoldError } from '../fanfold-error.ts'
import { withoutStop } from '../without-stop.ts'

/** What a call through a limit is rejected with that its verifier has not waited for. */
export const TASK_IS_OVER: Error = new Error('the task that made this call is over: its verifier has not waited for it')

/** A task that is free to end has not ended in time. */
export function timedOut(timeoutMs: number): FanfoldError {
  return new FanfoldError(
    'FANFOLD_TASK_TIMED_OUT',
    `the task took longer than its timeout of ${timeoutMs} ms. Raise timeoutMs (--timeout) if it is slow, not stuck.`,
  )
}

/** A verifier may answer with a verdict, `true` or `false`, and with nothing else. */
export function badVerdict(answer: unknown): FanfoldError {
  return new FanfoldError(
    'FANFOLD_BAD_VERDICT',
    `the verifier returned ${answer === undefined ? 'nothing' : describe(answer)} instead of a verdict. Return pass(), flag(…), fail(…), true or false.`,
  )
}

/** A verdict that no line can say, and no message carry. */
export function notCloneable(cause: unknown): FanfoldError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new FanfoldError(
    'FANFOLD_NOT_CLONEABLE',
    `the verdict's value or issues cannot be sent to the main thread: ${withoutStop(why)}. Return plain data: no functions, symbols or class instances with methods.`,
    { cause },
  )
}

function describe(answer: unknown): string {
  if (typeof answer === 'function') return 'a function' // whose toString may be the user's
  if (answer === null || typeof answer !== 'object') return `${typeof answer} ${String(answer)}`.slice(0, 80)
  return Array.isArray(answer) ? 'an array' : 'an object that is no verdict'
}
