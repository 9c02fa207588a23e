import { inspect } from 'node:util'
import { FanfoldError } from '@fanfold/core'

/** What the user gave cannot be used; the message names it and the remedy. */
export function badUsage(message: string, cause?: unknown): FanfoldError {
  return new FanfoldError('FANFOLD_BAD_OPTION', message, cause === undefined ? undefined : { cause })
}

/** The one line for a problem, and with `verbose` its stack and causes after it. */
export function describeProblem(error: unknown, verbose: boolean): string {
  const line = `fanfold: ${oneLine(messageOf(error))}\n`
  return verbose ? `${line}${inspect(error)}\n` : line
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error)
}

/** Line ends and control characters in a message (a file name, a verifier's text) must not break the one line. */
export function oneLine(text: string): string {
  // oxlint-disable-next-line no-control-regex -- these are what it is about
  return text.trim().replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')
}
