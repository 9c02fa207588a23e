import type { CheckOutcome } from '../check-outcomes.ts'
import { writeAnswer, writeError } from './answer.ts'
import { stringify } from './json-text.ts'
import type { LineBytes } from './line-bytes.ts'

/** An error as a line tells it. */
export interface ToldError {
  readonly name: unknown
  readonly message: unknown
}

/** Adds the checks of a task, by name. */
export function writeChecks(
  checks: readonly (readonly [string, CheckOutcome<ToldError>])[],
  hasTimings: boolean,
  bytes: LineBytes,
): void {
  bytes.text(',"checks":{')
  for (let i = 0; i < checks.length; i++) {
    const [name, check] = checks[i]!
    bytes.text(`${i === 0 ? '' : ','}${stringify(name)}:{"status":"${check.status}"`)
    if (check.verdict !== undefined) bytes.text(`,"verdict":"${check.verdict}"`)
    writeAnswer(check, bytes)
    if (check.error !== undefined) writeError(check.error, bytes)
    if (check.by !== undefined) bytes.text(`,"by":${stringify(check.by)}`)
    bytes.text(`,"attempts":${check.attempts}`)
    if (hasTimings) bytes.text(`,"durationMs":${check.durationMs}`)
    if (hasTimings && check.waitMs !== undefined) bytes.text(`,"waitMs":${check.waitMs}`)
    bytes.text('}')
  }
  bytes.text('}')
}
