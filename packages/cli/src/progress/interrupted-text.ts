import type { Progress } from '@fanfold/core'
import { whole } from '../figures.ts'

/** The engine's own. */
const DEFAULT_TIMEOUT_MS = 30_000

/** Of a run that was interrupted once: what it waits for, and for how long that may be. */
export function interruptedText({ running }: Progress, timeoutMs: number = DEFAULT_TIMEOUT_MS): string {
  const what = running === 0 ? 'what runs' : running === 1 ? 'the 1 that runs' : `the ${whole(running)} that run`
  const each = running === 1 ? '' : ' each'
  const bound =
    timeoutMs === Infinity ? 'no --timeout: it may take for ever' : `at most --timeout ${asGiven(timeoutMs)}${each}`
  return `interrupted: finishing ${what} (${bound}); once more stops now`
}

/** As it is written on the command line. */
function asGiven(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`
}
